r"""`.env` is read as by the npm package dotenv 16, which `s` uses, and is changed without touching other lines.

The cases come from the documentation and the tests of the package; lib/main.js of 16.6.1 gives the same results.
"""

from pathlib import Path

import pytest

from oss_cdn_refresh_cli.deployment import dotenv


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAME=site", "site"),
        ("NAME=", ""),
        ("NAME=   ", ""),
        ("NAME=''", ""),
        ("NAME='site'", "site"),
        ('NAME="site"', "site"),
        ("NAME=`site`", "site"),
        ("NAME='  site  '", "  site  "),
        ('NAME="  site  "', "  site  "),
        ("NAME=   site one   ", "site one"),
        ("   NAME   =   site", "site"),
        ("NAME='one \"two\" three'", 'one "two" three'),
        ("NAME=\"one 'two' three\"", "one 'two' three"),
        ("NAME=`one 'two' \"three\"`", "one 'two' \"three\""),
        ('NAME="one\\ntwo"', "one\ntwo"),
        ('NAME="one\\rtwo"', "one\rtwo"),
        ("NAME=one\\ntwo", "one\\ntwo"),
        ("NAME='one\\ntwo'", "one\\ntwo"),
        ("NAME=`one\\ntwo`", "one\\ntwo"),
        ("NAME=site # ours", "site"),
        ("NAME=site#ours", "site"),
        ("NAME=#ours", ""),
        ("NAME='site #1' # ours", "site #1"),
        ('NAME="site #1" # ours', "site #1"),
        ("NAME=`site #1` # ours", "site #1"),
        ("NAME=a=b==", "a=b=="),
        ('NAME={"a": "b"}', '{"a": "b"}'),
        ('NAME=\'{"a": "b"}\'', '{"a": "b"}'),
        ("NAME=me@example.com", "me@example.com"),
        ("NAME: site", "site"),
        ("NAME: 'site'", "site"),
        ("export NAME=site", "site"),
        ("export NAME: site", "site"),
        ("  export   NAME = 'site'", "site"),
        ("NAME='site", "'site"),
        ("NAME='si'te'", "si'te"),
        ("NAME='site' one", "'site' one"),
        ("NAME='it\\'s'", "it\\'s"),
        ("NAME=\n'site'", "site"),
        ("NAME=网站", "网站"),
        ("\ufeffNAME=site", "site"),
        ("NAME=site\r\nOTHER=1\r\n", "site"),
        ("NAME=site\rOTHER=1\r", "site"),
        ("NAME='one\r\ntwo'\r\n", "one\ntwo"),
        ("NAME='one\n# two\nthree'\n", "one\n# two\nthree"),
        ('NAME="one\ntwo"\n', "one\ntwo"),
        ("NAME=`one\n'two'\nthree`\n", "one\n'two'\nthree"),
        ("NAME=old\nNAME=new\n", "new"),
        ("NAME=old\nNAME=\n", ""),
    ],
)
def test_a_value_is_read_as_by_dotenv_16(line: str, value: str) -> None:
    assert dotenv.parse(line)["NAME"] == value


@pytest.mark.parametrize("line", ["# NAME=site", "  # NAME=site", "NAME", "NAME site", "NAME:site", "=site"])
def test_a_line_that_dotenv_16_ignores_sets_nothing(line: str) -> None:
    assert "NAME" not in dotenv.parse(line)


def test_a_key_has_letters_digits_dots_and_hyphens() -> None:
    assert dotenv.parse("a.b-c_1=x\nné=y\n") == {"a.b-c_1": "x"}


def test_empty_lines_and_comments_separate_variables() -> None:
    assert dotenv.parse("A=1\n\n# ours\nB=2\n\n\n") == {"A": "1", "B": "2"}


def test_a_missing_file_sets_nothing(tmp_path: Path) -> None:
    assert dotenv.read(tmp_path / ".env") == {}


def test_a_folder_called_env_sets_nothing(tmp_path: Path) -> None:
    """It may be a virtual environment of Python; `s` ignores it too."""
    (tmp_path / ".env").mkdir()
    assert dotenv.read(tmp_path / ".env") == {}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_file_in_utf_16_is_refused_with_what_to_do(tmp_path: Path, encoding: str) -> None:
    (tmp_path / ".env").write_bytes("REFRESH_REGION=cn-hangzhou\r\n".encode(encoding))
    with pytest.raises(dotenv.UnreadableDotenv, match=r"\.env: the whole file: is UTF-16.*: save it as UTF-8"):
        dotenv.read(tmp_path / ".env")


def test_a_value_in_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("REFRESH_NAME=网站\n".encode("gbk"))
    with pytest.raises(dotenv.UnreadableDotenv, match=r"\.env: REFRESH_NAME: its value is not UTF-8"):
        dotenv.read(tmp_path / ".env")


def test_a_comment_in_another_encoding_is_ignored(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("# 网站\nREFRESH_NAME=site\n".encode("gbk"))
    assert dotenv.read(tmp_path / ".env") == {"REFRESH_NAME": "site"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "N=7\n"),
        ("N=6\n", "N=7\n"),
        ("N=6", "N=7\n"),
        ("A=1", "A=1\nN=7\n"),
        ("# ours\nN=6\nA=1\n", "# ours\nA=1\nN=7\n"),
        ("export N='6' # noted\nA=1\n", "A=1\nN=7\n"),
        ("N: 6\nA: 1\n", "A: 1\nN=7\n"),
        ("N=5\nA=1\nN=6\n", "A=1\nN=7\n"),
        ("N='5\n6'\nA=1\n", "A=1\nN=7\n"),
        ("A='one\nN=6\ntwo'\n", "A='one\nN=6\ntwo'\nN=7\n"),
        ("A=1\r\nN=6\r\nB=2\r\n", "A=1\r\nB=2\r\nN=7\r\n"),
        ("\ufeffN=6\nA=1\n", "\ufeffA=1\nN=7\n"),
        ("N=\n# ours\nA=1\n", "# ours\nA=1\nN=7\n"),
        ("NN=1\n#N=6\n", "NN=1\n#N=6\nN=7\n"),
        ("A:\n", "A:\n\nN=7\n"),
        ("  N = 6\n\n  A = 1\n", "\n  A = 1\nN=7\n"),
    ],
)
def test_one_variable_is_set_and_other_lines_stay(tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / ".env").write_bytes(before.encode())
    dotenv.write(tmp_path / ".env", "N", "7")
    assert (tmp_path / ".env").read_bytes().decode() == after


def test_a_comment_in_another_encoding_is_kept_byte_by_byte(tmp_path: Path) -> None:
    comment = "# 网站\n".encode("gbk")
    (tmp_path / ".env").write_bytes(comment + b"N=6\n")
    dotenv.write(tmp_path / ".env", "N", "7")
    assert (tmp_path / ".env").read_bytes() == comment + b"N=7\n"


def test_a_file_in_utf_16_is_not_written_to(tmp_path: Path) -> None:
    content = "A=1\n".encode("utf-16")
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(dotenv.UnreadableDotenv):
        dotenv.write(tmp_path / ".env", "N", "7")
    assert (tmp_path / ".env").read_bytes() == content


def test_a_file_in_which_no_single_line_sets_the_variable_is_not_changed(tmp_path: Path) -> None:
    """A key with a colon at the end of the file is not an assignment, unless a newline follows."""
    (tmp_path / ".env").write_text("A=1\nB:", encoding="utf-8")
    with pytest.raises(dotenv.UnreadableDotenv, match=r"write N=7 on a line of its own"):
        dotenv.write(tmp_path / ".env", "N", "7")
    assert (tmp_path / ".env").read_text(encoding="utf-8") == "A=1\nB:"
