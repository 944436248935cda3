// What a page of TikTok shows, as posts with their numbers. It stands inside the bookmark and the user script.
// Read are: what the page keeps for its own cards, the data in its source, and last what is written on the cards.
const studioCapture = (() => {
  const MOST = 2000, LINK = /\/@([^/?#]*)\/(video|photo)\/(\d{5,24})/;

  // Only what a ranking needs leaves the page: no addresses of files, no ids of the person who looks.
  const slim = (item) => ({
    id: item.id, desc: item.desc, createTime: item.createTime, stats: item.stats, statsV2: item.statsV2,
    author: item.author && { uniqueId: item.author.uniqueId ?? item.author, nickname: item.author.nickname ?? item.nickname },
    video: item.video && { duration: item.video.duration, cover: item.video.cover, originCover: item.video.originCover },
    music: item.music && { title: item.music.title, authorName: item.music.authorName, original: item.music.original },
    imagePost: item.imagePost ? { images: [] } : undefined, isAd: item.isAd, privateItem: item.privateItem,
    liveRoomInfo: item.liveRoomInfo ? { id: 1 } : undefined,
  });
  const isItem = (it) => it && typeof it === "object" && /^\d{5,24}$/.test(it.id ?? "") && (it.stats || it.statsV2) && it.video;

  // Every post within a value, whatever it is wrapped in.
  const gather = (value, into, depth = 8) => {
    if (!value || typeof value !== "object" || depth < 0 || into.size >= MOST || value instanceof Node) return;
    if (isItem(value)) {
      if (!into.has(value.id)) into.set(value.id, slim(value));
      return;
    }
    for (const inside of Array.isArray(value) ? value : Object.values(value)) gather(inside, into, depth - 1);
  };

  // React keeps what a card shows on the card's own element or on one round it.
  const ofCard = (link, id, into) => {
    let element = link;
    for (let up = 0; element && up < 8; up += 1, element = element.parentElement) {
      const key = Object.keys(element).find((name) => name.startsWith("__reactFiber$"));
      let fiber = key && element[key];
      for (let step = 0; fiber && step < 12; step += 1, fiber = fiber.return) {
        const shown = new Map();
        gather(fiber.memoizedProps, shown, 2);
        if (shown.has(id)) return into.set(id, shown.get(id));
      }
    }
  };

  const text = (root, ...names) => names.map((name) => root.querySelector(name)?.textContent.trim()).find(Boolean);
  const isCard = (box) => new Set([...box.querySelectorAll("a[href]")].map((a) => LINK.exec(a.href)?.[3]).filter(Boolean)).size === 1;
  const card = (link) => {
    const [, handle, , id] = LINK.exec(link.href);
    let box = link; // the card is the largest box round the link that shows no other video
    while (box.parentElement && box.parentElement !== document.body && isCard(box.parentElement)) box = box.parentElement;
    const picture = box.querySelector("img");
    return {
      url: link.href.split("?")[0], id, username: decodeURIComponent(handle),
      views: text(box, "[data-e2e=video-views]", "strong[class*=video-count]") ?? null,
      likes: text(box, "[data-e2e=search-card-like-container]") ?? null,
      caption: text(box, "[data-e2e=search-card-video-caption]", "[data-e2e=search-card-desc]") ?? picture?.alt ?? "",
      cover: picture?.currentSrc || picture?.src || "",
    };
  };

  const collect = (seen = new Map()) => {
    const items = new Map(), cards = new Map();
    const links = [...document.querySelectorAll("a[href*='/video/'], a[href*='/photo/']")].filter((a) => LINK.test(a.href));
    for (const link of links.slice(0, MOST)) {
      const id = LINK.exec(link.href)[3];
      if (seen.has(id)) items.set(id, seen.get(id));
      if (!items.has(id)) ofCard(link, id, items);
      if (!items.has(id) && !cards.has(id)) cards.set(id, card(link));
    }
    for (const id of ["__UNIVERSAL_DATA_FOR_REHYDRATION__", "SIGI_STATE"]) {
      const source = document.getElementById(id);
      try {
        if (source) gather(JSON.parse(source.textContent), items);
      } catch { /* a page whose data is not JSON: its cards were read */ }
    }
    for (const [id, item] of seen) if (!items.has(id)) items.set(id, item);
    const left = [...cards.values()].filter((one) => !items.has(one.id));
    return { page: location.href, title: document.title.slice(0, 200), items: [...items.values()], cards: left };
  };

  // A window of the studio takes the results over: it asks for them once it is ready, and hands them in itself.
  const byWindow = (words, load) => {
    const opened = window.open(words.studio + words.window, "studio-capture");
    if (!opened) return alert(words.closed);
    const give = (event) => {
      if (event.origin !== words.studio || event.source !== opened || event.data !== "studio-ready") return;
      window.removeEventListener("message", give);
      opened.postMessage({ capture: load }, words.studio);
    };
    window.addEventListener("message", give);
  };

  return { collect, gather, byWindow };
})();
