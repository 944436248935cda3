(() => {
{% include "scraping/capture-collect.js" %}
const words = {{ words|safe }};
const load = studioCapture.collect();
if (load.items.length + load.cards.length === 0) alert(words.none);
else studioCapture.byWindow(words, load);
})();
