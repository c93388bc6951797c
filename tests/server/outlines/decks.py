"""PowerPoint files for tests: real ones by python-pptx, and odd ones by hand."""

import io
import zipfile

from lxml import etree
from pptx import Presentation

TRANSITION = "{http://schemas.openxmlformats.org/presentationml/2006/main}transition"
_MAIN = "http://schemas.openxmlformats.org/presentationml/2006/main"
_TEXT = "http://schemas.openxmlformats.org/drawingml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def deck(*titles, hidden=(), stays=None):
    """Return a .pptx as python-pptx writes it.

    None: a slide without a title. hidden: positions from 0. stays: milliseconds of each slide.
    """
    presentation = Presentation()
    for i, title in enumerate(titles):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        if title is None:
            slide.shapes.title._element.getparent().remove(slide.shapes.title._element)
        else:
            slide.shapes.title.text = title
        box = slide.shapes.add_textbox(0, 0, 1000, 1000)
        box.text_frame.text = "Not a title"
        if i in hidden:
            slide._element.set("show", "0")
        if stays is not None and stays[i] is not None:
            etree.SubElement(slide._element, TRANSITION).set("advTm", str(stays[i]))
    written = io.BytesIO()
    presentation.save(written)
    return written.getvalue()


def slide_xml(title="Cells", before=""):
    return (
        f'{before}<p:sld xmlns:p="{_MAIN}" xmlns:a="{_TEXT}"><p:cSld><p:spTree><p:sp><p:nvSpPr>'
        f'<p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>{title}</a:t>'
        "</a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    )


def parts_by_hand(*slides, main="ppt/presentation.xml"):
    """Return the least parts of a .pptx, by name."""
    ids = "".join(f'<p:sldId id="{256 + i}" r:id="rId{i}"/>' for i in range(len(slides)))
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{_LINKS}/slide" Target="slides/slide{i}.xml"/>'
        for i in range(len(slides))
    )
    document = f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="{main}"/>'
    return {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}">{document}</Relationships>',
        main: f'<p:presentation xmlns:p="{_MAIN}" xmlns:r="{_LINKS}"><p:sldIdLst>{ids}'
        "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{links}'
        "</Relationships>",
        **{f"ppt/slides/slide{i}.xml": slide for i, slide in enumerate(slides)},
    }


def zipped(parts, method=zipfile.ZIP_DEFLATED):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()
