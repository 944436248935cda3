"""The sound of films: as loud as platforms play it, never clipped, exactly as long as the picture, and no clicks."""

import wave
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from rendering import bed, ducking, levels, sound
from rendering.bed import bed_sound, go_round
from rendering.decoding import Part, decode
from rendering.levels import RATE, Sound
from rendering.mix import mix
from rendering.plan import Bed, Clip, Plan
from tests.clips import run

SILENCE = "anullsrc=cl=stereo:r=48000"


def tone(hertz: float, seconds: float, level: float = 0.25) -> Sound:
    wave = np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE) * level
    return np.stack([wave, wave], axis=1).astype(np.float32)


def noise(seconds: float, level: float = 0.2, seed: int = 1) -> Sound:
    return (np.random.default_rng(seed).standard_normal((round(seconds * RATE), 2)) * level).astype(np.float32)


def rms(part: Sound) -> float:
    """Return the level of a part in dB."""
    return 10 * np.log10(np.square(part, dtype=np.float64).mean() + 1e-12)


def speech(seconds: float) -> Sound:
    """Bursts with pauses, as somebody speaks: 180 ms of noise in every 300."""
    spoken = noise(seconds, 0.15)
    gate = (np.arange(len(spoken)) % round(0.3 * RATE)) < round(0.18 * RATE)
    return spoken * np.convolve(gate, np.full(480, 1 / 480), "same").astype(np.float32)[:, None]


def write(path: Path, samples: Sound) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def clicks() -> Sound:
    """Half a millisecond of noise every second: hardly anything, and nothing between."""
    ticks = np.zeros((6 * RATE, 2), np.float32)
    for second in range(6):
        ticks[second * RATE : second * RATE + 24] = noise(0.0005, 0.3)
    return ticks


MIXES = {
    "even": lambda: noise(5),
    "far too loud": lambda: noise(5, 3.0),
    "hardly to be heard": lambda: noise(5, 0.0004),
    "one loud clip among silent ones": lambda: np.concatenate([np.zeros((4 * RATE, 2), np.float32), noise(2, 0.9)]),
    "a low drone": lambda: tone(50, 5),
    "quiet with one crack": lambda: np.concatenate([noise(4, 0.01), noise(0.02, 0.9), noise(2, 0.01)]),
    "effects only": lambda: np.concatenate([np.pad(part, ((0, RATE), (0, 0))) for part in pops()]),
    "speech": lambda: speech(6),
}


def pops() -> list[Sound]:
    from rendering.effects import samples

    return [samples(name) for name in ("pop", "pop", "whoosh", "hit", "chime")]


@pytest.mark.parametrize("name", MIXES)
def test_every_mix_ends_as_loud_as_platforms_play_it_and_under_their_ceiling(tmp_path, name):
    made = sound.master(MIXES[name](), tmp_path)
    found = levels.measure(["-i", str(made)])
    assert abs(found.lufs + 14) <= 0.3, found
    assert found.peak <= -1.0, found


def test_our_own_meter_reads_what_ffmpegs_reads(tmp_path):
    for name, make in MIXES.items():
        heard = np.clip(make(), -1, 1)
        theirs = levels.measure(["-i", str(write(tmp_path / "mix.wav", heard))])
        ours = levels.profile(heard)
        assert ours.lufs() == pytest.approx(theirs.lufs, abs=0.1), name
        assert 20 * np.log10(ours.peaks.max()) == pytest.approx(theirs.peak, abs=0.8), name
        assert levels.loudness(heard) == pytest.approx(ours.lufs(), abs=1e-6)


def test_what_cannot_be_made_as_loud_stays_under_the_ceiling(tmp_path):
    found = levels.measure(["-i", str(sound.master(clicks(), tmp_path))])
    assert found.peak <= -1.0 and found.lufs < -14


def test_silence_stays_silent(tmp_path):
    made = sound.master(np.zeros((2 * RATE, 2), np.float32), tmp_path)
    assert levels.measure(["-i", str(made)]).lufs is None


def test_the_limiter_holds_its_ceiling_and_lets_pass_what_is_below_it():
    loud, soft = noise(1, 0.5), noise(1, 0.02)
    heard = np.concatenate([soft, loud, soft])
    levels.put_on(heard, levels.limit_curve(levels.profile(heard).peaks, 0.5))
    assert np.abs(heard).max() <= 0.5
    np.testing.assert_array_equal(heard[: RATE - RATE // 50], soft[: RATE - RATE // 50])


# --- Whole mixes, of clips that ffmpeg makes --------------------------------------------------------------------------
@pytest.fixture(scope="module")
def clips(tmp_path_factory) -> dict[str, Path]:
    """Clips with a sound each; their picture is never looked at."""
    folder = tmp_path_factory.mktemp("sounds")
    sounds = {
        "loud": "anoisesrc=a=0.9:r=48000:seed=1",
        "soft": "aevalsrc='0.03*sin(2*PI*300*t)':s=48000",
        "high": "aevalsrc='0.2*sin(2*PI*3000*t)':s=48000",
        "mute": SILENCE,
    }
    for name, made in sounds.items():
        inputs = ["-f", "lavfi", "-i", "color=black:s=32x32:r=10", "-f", "lavfi", "-i", made]
        run(*inputs, "-t", "4", "-preset", "ultrafast", folder / f"{name}.mp4")
    return {name: folder / f"{name}.mp4" for name in sounds}


def film_of(*names: str, frames: int = 60, **options) -> Plan:
    found = tuple(Clip(rank, name, 0.0, frames) for rank, name in enumerate(names, 1))
    return Plan(("T",), "classic", "shorts", tuple(range(len(names), 0, -1)), found, **options)


def test_a_loud_and_a_soft_clip_come_out_equally_loud(clips, tmp_path):
    mixed = mix(film_of("loud", "soft"), clips.__getitem__, tmp_path)
    soft, loud = levels.loudness(mixed[: 2 * RATE]), levels.loudness(mixed[2 * RATE :])
    assert soft == pytest.approx(-16, abs=0.5) and loud == pytest.approx(-16, abs=0.5)


def test_a_muted_clip_is_silent_and_the_others_stay_as_they_are(clips, tmp_path):
    plan = film_of("loud", "soft")
    muted = Plan(**{**vars(plan), "clips": (Clip(1, "loud", 0, 60, volume=0), plan.clips[1])})
    mixed = mix(muted, clips.__getitem__, tmp_path)
    assert not mixed[2 * RATE :].any()
    assert levels.loudness(mixed[: 2 * RATE]) == pytest.approx(-16, abs=0.5)


@pytest.mark.parametrize("options", [{}, {"transition": "crossfade", "hook": True, "card": ("끝",), "effects": True}])
def test_the_sound_is_exactly_as_long_as_the_picture(clips, tmp_path, options):
    plan = film_of("high", "soft", "mute", frames=47, **options)
    made = sound.film_sound(plan, clips.__getitem__)
    with av.open(str(made)) as opened:
        stream = opened.streams.audio[0]
        assert stream.duration * stream.time_base == pytest.approx(plan.frames / 30, abs=1e-6)
        # The encoder's own run-in is cut off by the file's edit list; the last block of 1024 is filled up.
        heard = sum(frame.samples for frame in opened.decode(audio=0))
    assert 0 <= heard - plan.frames * 1600 < 1024
    assert sound.film_sound(plan, clips.__getitem__) == made


def test_a_crossfade_keeps_the_loudness_and_both_clips_are_heard(clips, tmp_path):
    plan = film_of("high", "soft", transition="crossfade")
    mixed = mix(plan, clips.__getitem__, tmp_path)
    begin = (60 - 9) * 1600
    middle = np.abs(np.fft.rfft(mixed[begin + 4800 : begin + 9600, 0]))
    assert {round(np.argmax(middle[:100]) * 10, -2), round((np.argmax(middle[200:]) + 200) * 10, -2)} == {300, 3000}
    fading = rms(mixed[begin : begin + 9 * 1600])
    assert min(rms(mixed[: begin // 2]), rms(mixed[-begin // 2 :])) - 1 < fading
    assert fading < max(rms(mixed[: begin // 2]), rms(mixed[-begin // 2 :])) + 1


def test_no_cut_clicks(clips, tmp_path):
    """A jump between samples as a cut without a fade makes it is far above what a tone itself does."""
    mixed = mix(film_of("high", "soft", hook=True, card=("끝",)), clips.__getitem__, tmp_path)
    steepest = 2 * np.pi * 3000 / RATE * np.abs(mixed).max()
    assert np.abs(np.diff(mixed, axis=0)).max() <= steepest * 1.02


def test_a_part_begins_with_the_very_sample_it_is_asked_for(clips, tmp_path):
    """Also at the start of a file, where its encoder ran in."""
    for start in (0.0, 0.4, 1.0, 1.234):
        (found,) = decode([Part(clips["soft"], start, 1.0)], tmp_path)
        clock = np.arange(RATE) / RATE + start
        assert np.abs(found[:, 0] - 0.03 * np.sqrt(0.5) * np.sin(2 * np.pi * 300 * clock)).max() < 0.006, start


# --- Music ------------------------------------------------------------------------------------------------------------
def test_music_steps_back_under_speech_quickly_and_comes_home_slowly_without_pumping():
    key = np.concatenate([np.zeros((2 * RATE, 2), np.float32), speech(3), np.zeros((4 * RATE, 2), np.float32)])
    gain = 20 * np.log10(ducking.duck_curve(key, 14))  # by 10 ms
    assert gain[:180].min() > -0.01 and gain[205] < -13.5, "it is down when the speech begins, and not long before"
    assert np.ptp(gain[205:500]) < 0.5, "the pauses between the words do not bring it up"
    assert gain[530] < -12 and gain[-1] > -0.6, "it is back after a while"
    assert np.abs(np.diff(gain)).max() < 2.5, "no step of 10 ms is one that is heard"
    np.testing.assert_array_equal(ducking.duck_curve(key, 14), ducking.duck_curve(key.copy(), 14))


def test_music_lies_well_below_a_clip_and_near_it_where_nothing_else_is_heard(clips, tmp_path, monkeypatch):
    track = write(tmp_path / "track.wav", tone(1000, 12))
    monkeypatch.setattr("rendering.mix.find_track", lambda digest: track)
    plan = film_of("mute", "soft", frames=120, bed=Bed("t"))
    mixed = mix(plan, clips.__getitem__, tmp_path)

    def at(second: float, hertz: int) -> float:
        part = mixed[round(second * RATE) :][: RATE // 2, 0] * np.hanning(RATE // 2)
        return 20 * np.log10(np.abs(np.fft.rfft(part))[hertz // 2])

    assert at(5.9, 1000) - at(2, 1000) == pytest.approx(bed.DUCK, abs=1), "how far it is lowered"
    assert at(2, 300) - at(2, 1000) > 14, "under the clip"


def test_the_loop_has_no_seam(tmp_path):
    """Where the track begins anew there is no click, no hole and no swell: also with silence at both of its ends."""
    quiet = np.zeros((RATE // 2, 2), np.float32)
    track = np.concatenate([quiet, noise(6, 0.1), quiet])
    music = bed_sound(Bed("t"), write(tmp_path / "track.wav", track), 20 * RATE, tmp_path)
    assert len(music) == 20 * RATE
    heard = music[RATE : -2 * RATE]
    by_tenths = [rms(heard[at : at + RATE // 10]) for at in range(0, len(heard) - RATE // 10, RATE // 10)]
    assert max(by_tenths) - min(by_tenths) < 3.5
    even = go_round(tone(200, 5.005), tone(200, 5.005), 20 * RATE)
    steepest = 2 * np.pi * 200 / RATE * 0.25 * np.sqrt(2)
    assert np.abs(np.diff(even, axis=0)).max() <= steepest * 1.02, "a difference between samples is a click"


def test_music_begins_where_it_is_asked_to_and_fades_at_both_ends(tmp_path):
    track = np.concatenate([tone(500, 5), tone(2000, 10)])
    music = bed_sound(Bed("t", start=5.0), write(tmp_path / "track.wav", track), 6 * RATE, tmp_path)
    assert np.argmax(np.abs(np.fft.rfft(music[RATE : 2 * RATE, 0]))) == 2000
    assert np.abs(music[:20]).max() < 0.01 and np.abs(music[-200:]).max() < 0.01
    assert [rms(music[-n * RATE // 4 :][: RATE // 4]) for n in (6, 3, 1)] == sorted(
        (rms(music[-n * RATE // 4 :][: RATE // 4]) for n in (6, 3, 1)), reverse=True
    )
    late = bed_sound(Bed("t", start=500.0), tmp_path / "track.wav", RATE, tmp_path)
    assert rms(late) > -40, "a start beyond the end goes round"


def test_twice_the_volume_is_twice_as_loud(tmp_path):
    path = write(tmp_path / "track.wav", noise(4))
    usual, half = (bed_sound(Bed("t", volume=volume), path, 3 * RATE, tmp_path) for volume in (1.0, 0.5))
    assert rms(usual) - rms(half) == pytest.approx(6.02, abs=0.05)


def test_the_key_of_a_sound_changes_with_all_that_is_heard_and_with_nothing_else():
    plan = film_of("a", "b", transition="crossfade", bed=Bed("t"))
    heard = [sound._heard(plan)]
    for change in ({"transition": "cut"}, {"hook": True}, {"card": ("끝",)}, {"effects": True}, {"bed": Bed("u")}):
        heard.append(sound._heard(Plan(**{**vars(plan), **change})))
    assert all(one != other for one, other in pairwise(heard)) and len({str(one) for one in heard}) == len(heard)
    named = Plan(**{**vars(plan), "clips": tuple(Clip(c.rank, c.clip, 0.0, 60, label="새 이름") for c in plan.clips)})
    assert sound._heard(named) == sound._heard(plan)
