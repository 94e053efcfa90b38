from tools.arrow_fixtures import FOLDER, files


def test_the_arrow_files_of_the_web_tests_are_what_pyarrow_writes() -> None:
    written = {path.name: path.read_bytes() for path in FOLDER.glob("*.arrow")}
    assert written == files()
