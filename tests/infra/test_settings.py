"""`make check-template` reads the settings as `s` and the function do."""

from pathlib import Path

import pytest
from seeding import CONFIG, Copy


def said(copy: Copy, capsys: pytest.CaptureFixture[str], **environ: str) -> str:
    copy.check(environ)
    return capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "REFRESH_REGION=cn-hangzou\n",
        "\ufeffREFRESH_REGION=cn-hangzou\n",
        "REFRESH_REGION: cn-hangzou\n",
        "export REFRESH_REGION='cn-hangzou'\n",
        'REFRESH_REGION="cn-hangzou" # ours\r\n',
        "REFRESH_REGION=`cn-hangzou`\n",
        "REFRESH_REGION=cn-hangzou#ours\n",
    ],
)
def test_the_env_file_is_read_in_each_form_that_s_reads(
    copy: Copy, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (copy.folder / ".env").write_bytes(text.encode())
    assert '"cn-hangzou" is no region of Function Compute' in said(copy, capsys)


def test_an_env_file_in_utf_16_is_refused_without_a_traceback(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    (copy.folder / ".env").write_bytes("REFRESH_REGION=cn-hangzhou\n".encode("utf-16"))
    assert said(copy, capsys) == ".env: the whole file: is UTF-16, which s cannot read: save it as UTF-8\n"


@pytest.mark.parametrize("value", ["$HOME-queue", "${REFRESH_NAME}-backlog", "a$b", "\\$a", "'$a'"])
def test_a_dollar_is_refused_as_s_puts_a_variable_there(
    copy: Copy, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    (copy.folder / ".env").write_text(f"REFRESH_BACKLOG_QUEUE={value}\n", encoding="utf-8")
    assert ".env: REFRESH_BACKLOG_QUEUE: s puts the value of a variable in place of a $" in said(copy, capsys)


def test_a_dollar_in_a_variable_of_another_application_is_accepted(copy: Copy) -> None:
    (copy.folder / ".env").write_text("OTHER=$HOME\n", encoding="utf-8")
    assert copy.check() == 0


def test_an_env_file_in_the_folder_of_the_code_is_refused(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    (copy.folder / "functions" / ".env").write_text("REFRESH_REGION=cn-beijing\n", encoding="utf-8")
    assert "functions/.env would be read by s and uploaded with the code: move its lines" in said(copy, capsys)


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_a_log_level_of_the_contract_causes_no_warning(
    copy: Copy, capsys: pytest.CaptureFixture[str], level: str
) -> None:
    assert said(copy, capsys, REFRESH_LOG_LEVEL=level) == ""


@pytest.mark.parametrize("level", ["debug", "WARN", "TRACE", "CRITICAL", "NOTSET", "10", " INFO", "Info", "ALL", "off"])
def test_another_log_level_is_only_a_warning(copy: Copy, capsys: pytest.CaptureFixture[str], level: str) -> None:
    code = copy.check({"REFRESH_LOG_LEVEL": level})
    place = "warning: template.yml: refresh.props.environmentVariables.LOG_LEVEL"
    told = f'{place}: "{level}" is no level, and INFO is taken: write DEBUG, INFO, WARNING or ERROR: REFRESH_LOG_LEVEL'
    assert (code, told in capsys.readouterr().err) == (0, True)


@pytest.mark.parametrize("value", ["functions/config.yml", "./functions/config.yml"])
def test_a_path_from_the_wrong_folder_is_reported_with_the_right_one(
    copy: Copy, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    told = f"environment: REFRESH_CONFIG: {value} counts from functions/, where it does not exist: write config.yml\n"
    assert said(copy, capsys, REFRESH_CONFIG=value) == told


@pytest.mark.parametrize("value", ["../config.yml", "../functions2/config.yml", "sites/../../config.yml", ".."])
def test_a_configuration_that_is_not_deployed_is_refused(
    copy: Copy, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    (copy.folder / "config.yml").write_text(CONFIG, encoding="utf-8")
    told = f"environment: REFRESH_CONFIG: {value} is not below functions/, the folder that is deployed: move it there"
    assert said(copy, capsys, REFRESH_CONFIG=value).startswith(told)


def test_an_absolute_path_is_refused_as_the_function_has_other_folders(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    value = str(copy.folder / "functions" / "config.yml")
    assert f"{value} is not below functions/" in said(copy, capsys, REFRESH_CONFIG=value)


@pytest.mark.parametrize("value", ["config.yml", "./config.yml", "sites/mine.yml", "sites/../config.yml"])
def test_a_configuration_below_the_code_is_read(copy: Copy, value: str) -> None:
    (copy.folder / "functions" / "sites").mkdir()
    (copy.folder / "functions" / "sites" / "mine.yml").write_text(CONFIG, encoding="utf-8")
    assert copy.check({"REFRESH_CONFIG": value}) == 0


def test_a_variable_that_only_the_env_file_sets_is_reported_for_that_file(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(copy.folder / ".env").write_text("REFRESH_CONFIG=functions/config.yml\n", encoding="utf-8")
    assert said(copy, capsys).startswith(".env: REFRESH_CONFIG: functions/config.yml counts from functions/")
