"""The catalogue after loading lensfun's database."""

from typing import Any

import pytest
from django.core.management import call_command

from lensdb.catalog import actions, lensfun, sensors
from lensdb.catalog.models import BodyAlias, CameraBody, LensAlias, LensModel, Maker

Entries = tuple[list[lensfun.LensEntry], list[lensfun.BodyEntry]]


def test_the_lens_of_the_first_test_is_there_with_its_facts(catalogue: actions.Loaded) -> None:
    lens = LensModel.objects.get(slug="canon-ef-50mm-f1-2l-usm")
    assert lens.name == "Canon EF 50mm f/1.2L USM"
    assert lens.maker.name == "Canon"
    assert (lens.min_focal_mm, lens.max_focal_mm, lens.widest_f_number, lens.crop_factor) == (50, 50, 1.2, 1)
    assert [mount.name for mount in lens.mounts.all()] == ["Canon EF"]
    assert lens.aliases.filter(text="ef50mmf1.2lusm").exists()


def test_makers_stand_once_and_under_their_own_name(catalogue: actions.Loaded) -> None:
    makers = set(Maker.objects.values_list("name", flat=True))
    assert {"Canon", "Leica", "Nikon", "Olympus", "Pentax", "Ricoh", "Zeiss"} <= makers
    folded = [name.lower() for name in makers]
    assert [name for name in folded if "corp" in name or "ltd" in name or "camera" in name] == []
    assert len(set(folded)) == len(folded)


def test_nearly_every_interchangeable_lens_has_its_numbers(catalogue: actions.Loaded) -> None:
    real = LensModel.objects.exclude(name__endswith="(fixed lens)")
    assert not real.filter(min_focal_mm=None).exists()
    assert sorted(real.filter(widest_f_number=None).values_list("name", flat=True)) == [
        "Cosina 24mm 2.0 Macro",
        "Olympus 9mm Body Cap Lens Fisheye",
        "Samyang 35mm T1.5 Cine Lens",
    ]
    assert not LensModel.objects.filter(widest_f_number__lt=0.9).exists()


def test_a_lens_calibrated_on_several_sensors_is_one_lens_for_the_largest(entries: Entries) -> None:
    stm = [lens for lens in entries[0] if lens.name == "Canon EF 50mm f/1.8 STM"]
    assert [lens.crop_factor for lens in stm] == [1.005]


def test_bodies_have_crop_factors_and_common_ones_a_pixel_pitch(catalogue: actions.Loaded) -> None:
    body = CameraBody.objects.get(name="Canon EOS 5D Mark II")
    assert (body.crop_factor, body.pixel_pitch_um) == (1, 6.41)
    assert CameraBody.objects.filter(pixel_pitch_um=None).exists()


def test_simulated_photos_have_a_body_to_be_submitted_with(catalogue: actions.Loaded) -> None:
    assert BodyAlias.objects.get(text="lensdb simulator").body.name == "LensDB Simulator"


def test_every_row_of_the_sensor_table_is_a_body_and_agrees_with_its_crop_factor(entries: Entries) -> None:
    by_alias = {alias: body for body in entries[1] for alias in body.aliases}
    pitches = sensors.pixel_pitches_um()
    assert len(pitches) > 80
    assert [key for key in pitches if key not in by_alias] == []
    for key, width_mm in sensors.widths_mm().items():
        full_frame_width_mm = (
            36.0 if by_alias[key].mount not in {"Micro 4/3 System", "4/3 System", "Fujifilm G"} else 34.6
        )
        assert width_mm * by_alias[key].crop_factor == pytest.approx(full_frame_width_mm, rel=0.02), key


def test_loading_again_adds_nothing_and_keeps_what_people_corrected(
    catalogue: actions.Loaded, entries: Entries
) -> None:
    LensModel.objects.filter(slug="canon-ef-50mm-f1-2l-usm").update(widest_f_number=1.25)
    before = (LensAlias.objects.count(), BodyAlias.objects.count(), LensModel.mounts.through.objects.count())
    again = actions.load(lenses=entries[0], bodies=entries[1], pixel_pitches_um={}, progress=print)
    assert again == actions.Loaded(0, 0)
    assert (LensAlias.objects.count(), BodyAlias.objects.count(), LensModel.mounts.through.objects.count()) == before
    assert LensModel.objects.get(slug="canon-ef-50mm-f1-2l-usm").widest_f_number == 1.25


def test_two_lenses_whose_slugs_meet_get_different_ones(db: None) -> None:
    def entry(name: str) -> lensfun.LensEntry:
        return lensfun.LensEntry("Canon", name, 50, 50, 1.2, 1.0, {"Canon EF"}, set())

    actions.load(
        lenses=[entry("Canon 50mm f/1.2"), entry("Canon 50mm F1.2")], bodies=[], pixel_pitches_um={}, progress=print
    )
    assert sorted(LensModel.objects.values_list("slug", flat=True)) == ["canon-50mm-f1-2", "canon-50mm-f1-2-2"]


def test_the_command_says_what_it_added(db: None, capsys: Any) -> None:
    call_command("load_catalog")
    assert "bodies added" in capsys.readouterr().out
    assert LensModel.objects.count() > 1000
