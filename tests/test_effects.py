"""Sound effects: how they sound by the meter, and where they are heard."""

import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest

from ranking import ffmpeg
from rendering.effects import EFFECTS, GAINS, HEADSTART, LOUDNESS, RATE, cues, loudness, samples
from rendering.plan import Clip, Plan


def plan_of(count: int, order: tuple[int, ...] = (), **options) -> Plan:
    clips = tuple(Clip(rank, f"{rank:064d}", 0, 90) for rank in range(1, count + 1))
    return Plan(("TOP",), "classic", "shorts", order or tuple(range(count, 0, -1)), clips, effects=True, **options)


def heard(plan: Plan) -> list[tuple[str, float]]:
    """Return the effects with the frame that each belongs to."""
    return sorted((cue.name, round((cue.at + HEADSTART.get(cue.name, 0)) * 30, 1)) for cue in cues(plan))


def momentary(path: Path) -> float:
    """Return the loudest 400 ms of a file in LUFS, as ffmpeg's own meter tells it."""
    meter = "adelay=1000|1000,apad=pad_dur=1,ebur128=metadata=1,ametadata=print:key=lavfi.r128.M:file=-"
    argv = [ffmpeg.exe(), "-v", "error", "-nostdin", "-i", str(path), "-af", meter, "-f", "null", "-"]
    told = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    return max(float(line.partition("=")[2]) for line in told.splitlines() if line.startswith("lavfi.r128.M="))


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_is_as_loud_as_the_clips_by_an_other_meter_too(name, tmp_path):
    with wave.open(str(tmp_path / "effect.wav"), "wb") as file:
        file.setparams((2, 2, RATE, 0, "NONE", ""))
        file.writeframes(np.round(samples(name) * 32767).astype("<i2").tobytes())
    told = momentary(tmp_path / "effect.wav")
    # A pop is over in an eighth of a second: at this loudness it would have to clip.
    assert told == pytest.approx(-18.3 if name == "pop" else LOUDNESS, abs=0.3)
    assert loudness(samples(name)) == pytest.approx(told, abs=0.3)


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_begins_and_ends_in_silence_without_a_click_and_never_clips(name):
    sound = samples(name)
    assert sound.shape[1] == 2 and 0.1 < len(sound) / RATE < 2
    assert np.abs(sound[[0, -1]]).max() < 1e-3 and np.abs(sound[:24]).max() < 0.05 and np.abs(sound[-240:]).max() < 0.05
    assert np.abs(sound).max() <= 10 ** (-3 / 20) + 1e-6
    assert abs(sound.mean()) < 0.005


def test_an_effect_is_the_same_each_time():
    for make in EFFECTS.values():
        assert np.array_equal(make(), make())


@pytest.mark.parametrize(("name", "share"), [("whoosh", 0.45), ("riser", 0.9), ("hit", 0.05)])
def test_an_effect_is_loudest_at_the_moment_that_it_belongs_to(name, share):
    energy = (samples(name) ** 2).sum(axis=1)
    middle = (np.arange(len(energy)) * energy).sum() / energy.sum() / len(energy)
    assert middle == pytest.approx(share, abs=0.15)


def test_every_reveal_pops_and_the_first_is_led_up_to_and_hits():
    assert heard(plan_of(3)) == [("hit", 180.0), ("pop", 0.0), ("pop", 90.0), ("riser", 180.0)]


def test_changes_whoosh_in_their_middle_the_flash_rises_and_the_card_chimes():
    plan = plan_of(2, transition="blackout", hook=True, card=("bye",))
    change = 36 + 90 - 8
    assert heard(plan) == [
        ("chime", float(plan.frames - 66)),
        ("hit", change + 8.0),
        ("pop", 36.0),
        ("riser", 36.0),
        ("riser", change + 8.0),
        ("whoosh", change + 4.0),
    ]


def test_nothing_leads_up_to_a_first_that_opens_the_film():
    assert heard(plan_of(2, order=(1, 2))) == [("hit", 0.0), ("pop", 90.0)]


def test_all_effects_lie_within_the_film_and_none_is_played_where_none_is_wanted():
    plan = plan_of(5, transition="whip", hook=True, card=("bye",))
    assert all(0 <= cue.at < plan.seconds and cue.gain == GAINS[cue.name] for cue in cues(plan))
    assert cues(Plan(("TOP",), "classic", "shorts", (1,), (Clip(1, "a", 0, 90),), hook=True)) == []
