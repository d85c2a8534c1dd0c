"""The figures of a page as CSV: the numbers of the page, with units in their names."""

import csv
import io

import pytest

from lensdb.aggregates.queries import lens_plot
from tests.factories.catalog import LensModelFactory
from tests.lensdb.web.views.test_lenses import measured_lens

pytestmark = pytest.mark.django_db


def rows(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_a_lens_tells_the_mean_and_every_copy(client):
    lens = measured_lens(copies=3)
    found = rows(client, f"{lens.get_absolute_url()}figures.csv")
    assert {row["who"] for row in found} == {"mean", "Copy A", "Copy B", "Copy C"}
    [mean] = [row for row in found if row["who"] == "mean" and row["f_number"] == "2.8"]
    [cell] = [cell for cell in lens_plot(lens)["model"] if cell["f_number"] == 2.8]
    assert (float(mean["shift_um"]), float(mean["low95_mm"])) == (cell["mean_um"], cell["low_mm"])
    assert (mean["n_copies"], mean["simulated"]) == ("3", "True")
    [copy] = [row for row in found if row["who"] == "Copy B" and row["f_number"] == "2.8"]
    assert float(copy["low95_um"]) < 19.0 < float(copy["high95_um"])
    assert copy["prediction_low_um"] == ""


def test_every_series_is_told_and_nobody_is_named(client):
    lens = measured_lens(copies=2)
    found = rows(client, f"{lens.get_absolute_url()}series.csv")
    assert {(row["copy"], row["owner"]) for row in found} == {
        ("copy-1", "photographer-1"),
        ("copy-2", "photographer-2"),
    }
    assert {row["shift_um"] for row in found if row["f_number"] == "2.8"} == {"19.0"}


def test_a_comparison_tells_what_its_plot_shows(client):
    one, other = measured_lens(), measured_lens()
    address = f"/compare/figures.csv?lens={one.slug}&lens={other.slug}&distance=0.5&f=2.8&sharp=pixel"
    found = [row for row in rows(client, address) if row["f_number"] == "2.8"]
    assert [row["lens"] for row in found] == [one.name, other.name]
    assert float(found[0]["over_half_dof"]) == pytest.approx(1.27, abs=0.01)
    assert (found[0]["scene_distance_m"], found[0]["blur_mm"]) == ("0.5", "0.006")


def test_ones_own_copy_stands_beside_the_mean_and_no_other_copy(client):
    lens = measured_lens(copies=3)
    mine = lens.copies.first()
    client.force_login(mine.owner)
    found = rows(client, f"/copies/{mine.public_id}/figures.csv")
    assert {row["who"] for row in found} == {"mean", "Your copy"}
    assert f'href="/copies/{mine.public_id}/figures.csv"' in client.get(f"/copies/{mine.public_id}/").content.decode()


def test_the_pages_lead_there_without_a_script(client):
    lens = measured_lens()
    page = client.get(lens.get_absolute_url()).content.decode()
    assert f'href="{lens.get_absolute_url()}figures.csv"' in page
    assert f'href="{lens.get_absolute_url()}series.csv"' in page
    page = client.get(f"/compare/?lens={lens.slug}&distance=2").content.decode()
    assert f'href="/compare/figures.csv?lens={lens.slug}&amp;distance=2"' in page


def test_nothing_measured_has_no_rows(client):
    lens = LensModelFactory()
    assert rows(client, f"{lens.get_absolute_url()}figures.csv") == []
    assert client.get(f"/compare/figures.csv?lens={lens.slug}").status_code == 404
