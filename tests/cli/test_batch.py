import pytest

from colorize_core.cli import batch
from colorize_core.cli.pipeline import run_jobs
from colorize_core.errors import ConfigError, PhotoError


def test_plan_reads_and_writes_nothing(photos, tmp_path):
    jobs, problems = batch.plan([photos], tmp_path / "out", ["gan"], None)
    assert problems == []
    assert {job.source: job.targets for job in jobs} == {
        photos / "a.png": {"gan": tmp_path / "out" / "a.png"},
        photos / "b.jpg": {"gan": tmp_path / "out" / "b.png"},
        photos / "sub" / "c.png": {"gan": tmp_path / "out" / "sub" / "c.png"},
        photos / "sub" / "deep" / "d.webp": {"gan": tmp_path / "out" / "sub" / "deep" / "d.png"},
    }
    assert not (tmp_path / "out").exists()


def test_plan_refuses_a_format_that_the_name_contradicts(photos, tmp_path):
    with pytest.raises(ConfigError, match=r"one\.png is not a jpg file name"):
        batch.plan([photos / "a.png"], tmp_path / "one.png", ["gan"], "jpg")


def test_plan_takes_an_existing_folder_for_a_folder(photos, tmp_path):
    (tmp_path / "odd.png").mkdir()
    jobs, _ = batch.plan([photos / "a.png"], tmp_path / "odd.png", ["gan"], None)
    assert jobs[0].targets == {"gan": tmp_path / "odd.png" / "a.png"}


def test_settings_refuse_values_out_of_range():
    with pytest.raises(ConfigError, match="temperature"):
        batch.Settings(temperature=-0.1)
    with pytest.raises(ConfigError, match="saturation"):
        batch.Settings(saturation=4.5)


def test_run_jobs_names_the_photo_that_it_cannot_use(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"bad")
    job = batch.Job(tmp_path / "bad.png", {"gan": tmp_path / "out.png"})
    (result,) = run_jobs([job], {"gan": None}, batch.Settings())
    assert isinstance(result.error, PhotoError)
    assert str(tmp_path / "bad.png") in str(result.error)
