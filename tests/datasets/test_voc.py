import numpy as np
import pytest
from PIL import Image

from sklearn_lpr.datasets import load_voc

BOX = "<bndbox><xmin>80</xmin><ymin>45.5</ymin><xmax>120</xmax><ymax>55</ymax></bndbox>"
CORNERS = [[80, 45.5], [120, 45.5], [120, 55], [80, 55]]
# The corners of POLYGON, out of order.
TILTED = [[20, 10], [60, 14], [60, 26], [20, 22]]
POLYGON = (
    "<polygon><x1>60</x1><y1>26</y1><x2>20</x2><y2>22</y2><x3>20</x3><y3>10</y3>"
    "<x4>60</x4><y4>14</y4></polygon>"
)


def plate(content=BOX, name="plate"):
    return f"<object><name>{name}</name>{content}</object>"


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a photo of 200 x 100 pixels and its XML file."""

    def write(photo, xml, *objects, head="", encoding="utf-8"):
        for path in (tmp_path / photo, tmp_path / xml):
            path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.zeros((100, 200, 3), np.uint8)).save(tmp_path / photo)
        text = f"<annotation>{head}{''.join(objects)}</annotation>"
        (tmp_path / xml).write_text(text, encoding=encoding)
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("photo", "xml", "split"),
    [
        ("1.png", "1.xml", ""),
        ("JPEGImages/1.png", "Annotations/1.xml", ""),
        ("images/1.png", "annotations/1.xml", ""),
        ("images/train/1.png", "annotations/train/1.xml", "train"),
        ("valid/1.png", "valid/1.xml", "valid"),
    ],
)
def test_layouts(write, photo, xml, split):
    scenes = load_voc(write(photo, xml, plate()))
    assert scenes.frame.to_dict("records") == [
        {"file": photo, "split": split, "n_plates": 1, "kinds": ["box"]}
    ]
    assert scenes.target[0].tolist() == [CORNERS]
    assert scenes.texts is None
    assert scenes.data[0].pixels().shape == (100, 200, 3)


def test_the_folder_of_the_xml_files(write):
    home = write("JPEGImages/1.png", "Annotations/1.xml", plate())
    assert load_voc(home / "Annotations").data[0].pixels().shape == (100, 200, 3)


def test_the_name_of_the_photo_may_be_in_the_xml_file(write):
    head = r"<filename>C:\photos\street.png</filename>"
    scenes = load_voc(write("images/street.png", "annotations/1.xml", plate(), head=head))
    assert scenes.frame["file"].tolist() == ["images/street.png"]


def test_two_files_for_one_photo(write):
    write("1.png", "1.xml", plate())
    home = write("1.png", "2.xml", plate(), head="<filename>1.png</filename>")
    with pytest.raises(ValueError, match=r"2\.xml' belongs to the photo .*1\.png', which .*1\.xml"):
        load_voc(home)


def test_several_plates_and_none(write):
    write("1.png", "1.xml", plate(), plate(POLYGON))
    scenes = load_voc(write("2.png", "2.xml"))
    assert scenes.target[0].tolist() == [CORNERS, TILTED]
    assert scenes.target[1].shape == (0, 4, 2)
    assert scenes.frame["kinds"].tolist() == [["box", "corners"], []]


@pytest.mark.parametrize(
    "text",
    [
        "<text>AB 12</text>",
        "<Plate_Number> AB 12 </Plate_Number>",
        "<attributes><attribute><name>text</name><value>AB 12</value></attribute></attributes>",
        '<attribute name="license plate">AB 12</attribute>',
    ],
)
def test_texts(write, text):
    scenes = load_voc(write("1.png", "1.xml", plate(BOX + text), plate()))
    assert scenes.texts.tolist() == [["AB 12", ""]]


def test_classes_and_splits(write):
    write("train/1.png", "train/1.xml", plate(), plate(name="car"))
    home = write("test/2.png", "test/2.xml", plate(name="car"))
    with pytest.raises(ValueError, match=r"classes \['car', 'plate'\]; pass those"):
        load_voc(home)
    scenes = load_voc(home, classes="plate")
    assert scenes.frame["n_plates"].tolist() == [0, 1]
    assert load_voc(home, classes="car", split="test").frame["n_plates"].tolist() == [1]
    assert load_voc(home, classes="plate", split="test").frame["n_plates"].tolist() == [0]
    with pytest.raises(ValueError, match=r"classes \['car', 'plate'\]; pass those"):
        load_voc(home, split="test")
    with pytest.raises(ValueError, match="split='val' is not in path="):
        load_voc(home, split="val")


def test_chinese_names_in_gbk(write):
    scenes = load_voc(write("1.png", "1.xml", plate(BOX + "<text>皖A1</text>"), encoding="gbk"))
    assert scenes.texts.tolist() == [["皖A1"]]


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("ISO-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("UTF-8", "utf-8"),
        ("ISO-8859-1", "utf-8"),  # UTF-8 is hardly ever valid by chance
        ("UTF-8", "gb18030"),
        ("unknown", "gb18030"),
        ("hex", "gb18030"),  # a codec of Python, but not one of texts
    ],
)
def test_the_encoding_of_the_xml_declaration(write, declared, encoding):
    home = write("1.png", "1.xml")
    text = f"<?xml version='1.0' encoding='{declared}'?>\n<annotation>"
    text += f"{plate(BOX + '<text>MÜAB123</text>')}</annotation>"
    (home / "1.xml").write_text(text, encoding=encoding)
    assert load_voc(home).texts.tolist() == [["MÜAB123"]]


def test_entities_are_refused_in_a_declared_encoding(tmp_path):
    text = "<?xml version='1.0' encoding='latin-1'?><!DOCTYPE Ü><annotation/>"
    (tmp_path / "1.xml").write_text(text, encoding="latin-1")
    with pytest.raises(ValueError, match="declares a document type"):
        load_voc(tmp_path)


SIZE = "<size><width>{}</width><height>{}</height><depth>3</depth></size>"


def test_the_stated_size(write):
    for size in ((200, 100), (0, 0)):
        home = write("1.png", "1.xml", plate(), head=SIZE.format(*size))
        assert load_voc(home).target[0].tolist() == [CORNERS]


@pytest.mark.parametrize(
    ("objects", "head", "words"),
    [
        ([plate(), plate(BOX.replace("80", "x"))], "", ["object 2", "'bndbox'", "'xmin'", "'x'"]),
        ([plate(BOX.replace("80", "nan"))], "", ["object 1", "'xmin'", "'nan'"]),
        ([plate(BOX.replace("80", "120"))], "", ["object 1", "'bndbox'", "positive"]),
        ([plate(BOX.replace("120", "1200"))], "", ["object 1", "'bndbox'", "outside"]),
        ([plate("")], "", ["object 1", "'bndbox' is missing"]),
        ([plate(POLYGON.replace(">60<", ">20<"))], "", ["object 1", "'polygon'", "convex"]),
        ([plate(BOX + "<text>A\u200bB</text>")], "", ["object 1", "'text'", "U+200B"]),
        ([plate()], SIZE.format(100, 200), ["'size'", "100 x 200", "200 x 100"]),
        (["<object>"], "", ["not an XML file"]),
    ],
)
def test_invalid_annotations_name_file_object_and_field(write, objects, head, words):
    write("1.png", "1.xml", plate())
    home = write("2.png", "2.xml", *objects, head=head)
    with pytest.raises(ValueError, match=r"2\.xml") as caught:
        load_voc(home)
    for word in words:
        assert word in str(caught.value)
    with pytest.warns(UserWarning, match=r"1 annotation\(s\)") as warned:
        assert load_voc(home, on_error="warn").frame["file"].tolist() == ["1.png"]
    assert warned[0].filename == __file__


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(tmp_path, encoding):
    text = (
        '<?xml version="1.0"?><!DOCTYPE annotation [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;">]>'
        "<annotation><filename>&b;</filename></annotation>"
    )
    (tmp_path / "1.xml").write_text(text, encoding=encoding)
    with pytest.raises(ValueError, match=r"declares a document type|not encoded|not an XML file"):
        load_voc(tmp_path)


def test_missing_files(write):
    home = write("1.png", "1.xml", plate())
    (home / "1.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"1\.xml' has no photo"):
        load_voc(home)
    (home / "1.xml").write_text("<svg/>")
    with pytest.raises(ValueError, match="root element 'svg'"):
        load_voc(home)
    (home / "1.xml").unlink()
    with pytest.raises(ValueError, match="contains no XML file"):
        load_voc(home)


def polygon_of(*points):
    pairs = enumerate(points, start=1)
    return "<polygon>" + "".join(f"<x{i}>{x}</x{i}><y{i}>{y}</y{i}>" for i, (x, y) in pairs)


def test_the_box_is_used_for_a_polygon_of_more_points(write):
    points = [(80, 46), (100, 45.5), (120, 46), (120, 55), (100, 55), (80, 55)]
    scenes = load_voc(write("1.png", "1.xml", plate(f"{BOX}{polygon_of(*points)}</polygon>")))
    assert scenes.target[0].tolist() == [CORNERS]
    assert scenes.frame["kinds"][0] == ["box"]


def test_a_fifth_point_may_close_the_polygon(write):
    closed = polygon_of(*TILTED, TILTED[0])
    scenes = load_voc(write("1.png", "1.xml", plate(f"{closed}</polygon>")))
    assert scenes.target[0].tolist() == [TILTED]


def test_a_box_is_turned_by_its_rotation(write):
    box = "<bndbox><xmin>80</xmin><ymin>45</ymin><xmax>120</xmax><ymax>55</ymax></bndbox>"
    turned = f"{box}<attributes><attribute><name>rotation</name><value>30</value></attribute>"
    scenes = load_voc(write("1.png", "1.xml", plate(f"{turned}</attributes>")))
    np.testing.assert_allclose(scenes.target[0], [ROTATED], atol=1e-9)
    assert scenes.frame["kinds"][0] == ["corners"]


# A box of 40 x 10 pixels around (100, 50), turned clockwise by 30 degrees.
ROTATED = [
    [100 - 20 * 0.75**0.5 + 2.5, 50 - 10 - 5 * 0.75**0.5],
    [100 + 20 * 0.75**0.5 + 2.5, 50 + 10 - 5 * 0.75**0.5],
    [100 + 20 * 0.75**0.5 - 2.5, 50 + 10 + 5 * 0.75**0.5],
    [100 - 20 * 0.75**0.5 - 2.5, 50 - 10 + 5 * 0.75**0.5],
]


def test_the_name_of_the_photo_decides_between_suffixes(write):
    write("1.jpg", "1.xml")
    home = write("1.png", "1.xml", plate(), head="<filename>photos\\1.jpg</filename>")
    assert load_voc(home).frame["file"].tolist() == ["1.jpg"]
    write("1.png", "1.xml", plate())
    with pytest.raises(ValueError, match=r"may belong to any of \['1\.jpg', '1\.png'\]"):
        load_voc(home)


def test_suffixes_of_xml_files_in_upper_case(write):
    assert load_voc(write("1.png", "1.XML", plate())).target[0].tolist() == [CORNERS]
