//! DOCX, written part by part: of the crates that do it, none repeats a table's heading on every page.

mod body;
mod table;
mod text;
mod theme;

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    io::{Cursor, Write as _},
};

use anyhow::{Context, Result};
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use quick_xml::escape::escape;
use zip::{DateTime, ZipWriter, write::SimpleFileOptions};

use crate::paper::{
    block::{Date, Paper, Picture},
    fault::Fault,
    font::Fonts,
    layout::{Layout, Layouts, PageNumbers, Role},
    word::{body::Body, text::Style},
};

/// Twentieths of a point, in which Word measures.
fn twips(points: f64) -> i64 {
    // A length of paper is far within the range.
    (points * 20.0).round() as i64
}

fn twips_of_mm(mm: f64) -> i64 {
    twips(mm / 25.4 * 72.0)
}

/// The bytes of a document of one paper.
///
/// # Errors
/// If the paper's layout is not there, or a picture can't be converted.
pub fn docx(layouts: &Layouts, fonts: &Fonts, paper: &Paper) -> Result<Vec<u8>, Fault> {
    let Some(layout) = layouts.layout.get(&paper.layout) else {
        return Err(Fault::Typesetting {
            what: format!("there is no layout {:?}", paper.layout),
        });
    };
    let mut body = Body::new(layout, fonts, &paper.pictures);
    body.blocks(&paper.blocks);
    package(layout, fonts, paper, body).map_err(|error| Fault::Typesetting {
        what: format!("{error:#}"),
    })
}

const MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

fn package(layout: &Layout, fonts: &Fonts, paper: &Paper, body: Body<'_>) -> Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // A fixed time, so that the same data gives the same bytes.
    let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
    let mut part = |name: &str, bytes: &[u8]| -> Result<()> {
        archive.start_file(name, options)?;
        archive.write_all(bytes)?;
        Ok(())
    };
    part("[Content_Types].xml", types().as_bytes())?;
    part("_rels/.rels", RELS.as_bytes())?;
    part("docProps/core.xml", properties(paper).as_bytes())?;
    let mut relations = format!(
        "{XML}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    );
    for (id, kind, target) in [
        ("styles", "styles", "styles.xml"),
        ("settings", "settings", "settings.xml"),
        ("fonts", "fontTable", "fonts.xml"),
        ("theme", "theme", "theme.xml"),
        ("odd", "footer", "footer-odd.xml"),
        ("even", "footer", "footer-even.xml"),
    ] {
        // Writing into a String can't fail.
        let _ = write!(
            relations,
            "<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>"
        );
    }
    for (number, picture) in body.media.iter().enumerate() {
        let (bytes, ending) = converted(picture, fonts).context("a picture")?;
        let target = format!("media/{number}.{ending}");
        part(&format!("word/{target}"), &bytes)?;
        let _ = write!(
            relations,
            "<Relationship Id=\"picture{number}\" Type=\"{RELATIONS}/image\" Target=\"{target}\"/>"
        );
    }
    relations.push_str("</Relationships>");
    part("word/_rels/document.xml.rels", relations.as_bytes())?;
    let document = format!(
        "{XML}<w:document xmlns:w=\"{MAIN}\" xmlns:r=\"{RELATIONS}\" \
         xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
         xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
         xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><w:body>{}{}</w:body></w:document>",
        body.finished(),
        section(layout)
    );
    part("word/document.xml", document.as_bytes())?;
    part("word/styles.xml", styles(layout, fonts).as_bytes())?;
    let both_sides = match layout.page_numbers {
        PageNumbers::Dashes => "<w:evenAndOddHeaders/>",
        PageNumbers::None | PageNumbers::Of => "",
    };
    let settings = format!(
        "{XML}<w:settings xmlns:w=\"{MAIN}\">{both_sides}<w:characterSpacingControl w:val=\"compressPunctuation\"/>\
         <w:compat><w:doNotExpandShiftReturn/><w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat>\
         </w:settings>"
    );
    part("word/settings.xml", settings.as_bytes())?;
    part("word/fonts.xml", font_table(fonts).as_bytes())?;
    part("word/theme.xml", theme::theme(fonts).as_bytes())?;
    part(
        "word/footer-odd.xml",
        footer(layout, fonts, "right").as_bytes(),
    )?;
    part(
        "word/footer-even.xml",
        footer(layout, fonts, "left").as_bytes(),
    )?;
    Ok(archive.finish()?.into_inner())
}

fn types() -> String {
    const OFFICE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";
    format!(
        "{XML}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Default Extension=\"png\" ContentType=\"image/png\"/>\
         <Default Extension=\"jpg\" ContentType=\"image/jpeg\"/>\
         <Override PartName=\"/word/document.xml\" ContentType=\"{OFFICE}.document.main+xml\"/>\
         <Override PartName=\"/word/styles.xml\" ContentType=\"{OFFICE}.styles+xml\"/>\
         <Override PartName=\"/word/fonts.xml\" ContentType=\"{OFFICE}.fontTable+xml\"/>\
         <Override PartName=\"/word/theme.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.theme+xml\"/>\
         <Override PartName=\"/word/settings.xml\" ContentType=\"{OFFICE}.settings+xml\"/>\
         <Override PartName=\"/word/footer-odd.xml\" ContentType=\"{OFFICE}.footer+xml\"/>\
         <Override PartName=\"/word/footer-even.xml\" ContentType=\"{OFFICE}.footer+xml\"/>\
         <Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>\
         </Types>"
    )
}

const RELS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
    <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"document\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>\
    <Relationship Id=\"core\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>\
    </Relationships>";

fn properties(paper: &Paper) -> String {
    let created = paper.dated_on.map_or_else(String::new, |date| {
        let Date { year, month, day } = date;
        format!(
            "<dcterms:created xsi:type=\"dcterms:W3CDTF\">{year:04}-{month:02}-{day:02}T00:00:00Z</dcterms:created>"
        )
    });
    format!(
        "{XML}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
         <dc:title>{}</dc:title><dc:creator>{}</dc:creator><dc:language>zh-CN</dc:language>{created}</cp:coreProperties>",
        escape(&paper.title),
        escape(&paper.author)
    )
}

/// Page, margins, border and page numbers.
fn section(layout: &Layout) -> String {
    let footers = match layout.page_numbers {
        PageNumbers::None => "",
        PageNumbers::Of => "<w:footerReference w:type=\"default\" r:id=\"odd\"/>",
        PageNumbers::Dashes => {
            "<w:footerReference w:type=\"default\" r:id=\"odd\"/><w:footerReference w:type=\"even\" r:id=\"even\"/>"
        }
    };
    let orientation = if layout.width_mm > layout.height_mm {
        " w:orient=\"landscape\""
    } else {
        ""
    };
    let margin = &layout.margin_mm;
    let border = layout.border.as_ref().map_or_else(String::new, |border| {
        // Eighths of a point; the distance is at most 31 points.
        let width = (border.width_pt * 8.0).round();
        let space = (border.inset_mm / 25.4 * 72.0).round().min(31.0);
        let color = &border.color.0;
        let sides: String = ["top", "left", "bottom", "right"]
            .iter()
            .map(|side| {
                format!(
                    "<w:{side} w:val=\"double\" w:sz=\"{width}\" w:space=\"{space}\" w:color=\"{color}\"/>"
                )
            })
            .collect();
        format!("<w:pgBorders w:offsetFrom=\"page\">{sides}</w:pgBorders>")
    });
    format!(
        "<w:sectPr>{footers}<w:pgSz w:w=\"{}\" w:h=\"{}\"{orientation}/>\
         <w:pgMar w:top=\"{}\" w:right=\"{}\" w:bottom=\"{}\" w:left=\"{}\" w:header=\"0\" w:footer=\"{}\" w:gutter=\"0\"/>{border}</w:sectPr>",
        twips_of_mm(layout.width_mm),
        twips_of_mm(layout.height_mm),
        twips_of_mm(margin.top),
        twips_of_mm(margin.right),
        twips_of_mm(margin.bottom),
        twips_of_mm(margin.left),
        // The number stands 7 mm below the text, and is 5 mm high.
        twips_of_mm((margin.bottom - 12.0).max(5.0)),
    )
}

/// The names by which Word lists the headings; how they look stands at the headings themselves.
fn styles(layout: &Layout, fonts: &Fonts) -> String {
    let body = text::properties(&Style::body(layout), fonts, false, false);
    let mut styles = format!(
        "{XML}<w:styles xmlns:w=\"{MAIN}\"><w:docDefaults><w:rPrDefault>{}</w:rPrDefault><w:pPrDefault/></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style>\
         <w:style w:type=\"table\" w:default=\"1\" w:styleId=\"TableNormal\"><w:name w:val=\"Normal Table\"/>\
         <w:tblPr><w:tblCellMar><w:left w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"0\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style>",
        body.replace(
            "</w:rPr>",
            "<w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:rPr>"
        )
    );
    for level in 1..=4 {
        let _ = write!(
            styles,
            "<w:style w:type=\"paragraph\" w:styleId=\"Heading{level}\"><w:name w:val=\"heading {level}\"/>\
             <w:basedOn w:val=\"Normal\"/><w:next w:val=\"Normal\"/><w:pPr><w:outlineLvl w:val=\"{}\"/></w:pPr></w:style>",
            level - 1
        );
    }
    styles.push_str("</w:styles>");
    styles
}

/// The fonts by name, and what stands in for one that the reader lacks.
fn font_table(fonts: &Fonts) -> String {
    let mut table = format!("{XML}<w:fonts xmlns:w=\"{MAIN}\">");
    let mut named = BTreeSet::new();
    for role in Role::ALL {
        let chosen = fonts.roles.of(role);
        if !named.insert(chosen.word.as_str()) {
            continue;
        }
        let instead = chosen.families.join(",");
        // Writing into a String can't fail. 86 is the character set of simplified Chinese.
        let _ = write!(
            table,
            "<w:font w:name=\"{}\"><w:altName w:val=\"{}\"/><w:charset w:val=\"86\"/></w:font>",
            escape(&chosen.word),
            escape(&instead)
        );
    }
    table.push_str("</w:fonts>");
    table
}

fn footer(layout: &Layout, fonts: &Fonts, side: &str) -> String {
    let (size_pt, align) = match layout.page_numbers {
        PageNumbers::Dashes => (14.0, side),
        PageNumbers::None | PageNumbers::Of => (9.0, "center"),
    };
    let style = Style {
        role: Role::Plain,
        size_pt,
        ..Style::body(layout)
    };
    let properties = text::properties(&style, fonts, false, false);
    let words =
        |words: &str| format!("<w:r>{properties}<w:t xml:space=\"preserve\">{words}</w:t></w:r>");
    let field = |name: &str| {
        format!(
            "<w:r>{properties}<w:fldChar w:fldCharType=\"begin\"/></w:r>\
             <w:r>{properties}<w:instrText xml:space=\"preserve\"> {name} </w:instrText></w:r>\
             <w:r>{properties}<w:fldChar w:fldCharType=\"separate\"/></w:r>{}\
             <w:r>{properties}<w:fldChar w:fldCharType=\"end\"/></w:r>",
            words("1")
        )
    };
    let runs = match layout.page_numbers {
        PageNumbers::None => String::new(),
        PageNumbers::Dashes => format!("{}{}{}", words("— "), field("PAGE"), words(" —")),
        PageNumbers::Of => format!(
            "{}{}{}{}{}",
            words("第 "),
            field("PAGE"),
            words(" 页　共 "),
            field("NUMPAGES"),
            words(" 页")
        ),
    };
    let indent = twips(size_pt);
    format!(
        "{XML}<w:ftr xmlns:w=\"{MAIN}\"><w:p><w:pPr><w:ind w:left=\"{indent}\" w:right=\"{indent}\"/><w:jc w:val=\"{align}\"/></w:pPr>{runs}</w:p></w:ftr>"
    )
}

/// Pixels that a module of a code is wide.
const MODULE: usize = 8;

/// A picture in a form that word processors take.
fn converted(picture: &Picture, fonts: &Fonts) -> Result<(Vec<u8>, &'static str)> {
    match picture {
        Picture::Png { bytes, .. } => Ok((bytes.clone(), "png")),
        Picture::Jpeg { bytes, .. } => Ok((bytes.clone(), "jpg")),
        Picture::Svg { text, .. } => Ok((drawn(text, fonts)?, "png")),
        Picture::Code { modules, width } => {
            let rows = modules.chunks(usize::try_from(*width)?);
            let pixels: Vec<u8> = rows
                .flat_map(|row| {
                    let wide: Vec<u8> = row
                        .iter()
                        .flat_map(|module| std::iter::repeat_n(*module, MODULE))
                        .collect();
                    std::iter::repeat_n(wide, MODULE).flatten()
                })
                .collect();
            let side = width * u32::try_from(MODULE)?;
            let mut bytes = Vec::new();
            PngEncoder::new(&mut bytes).write_image(&pixels, side, side, ExtendedColorType::L8)?;
            Ok((bytes, "png"))
        }
    }
}

/// A chart as pixels, three a point.
fn drawn(svg: &str, fonts: &Fonts) -> Result<Vec<u8>> {
    const SCALE: f32 = 3.0;
    /// Pixels a side.
    const LIMIT: u32 = 6_000;
    let options = resvg::usvg::Options {
        fontdb: fonts.for_charts(),
        font_family: fonts.chart_family(),
        ..resvg::usvg::Options::default()
    };
    let tree = resvg::usvg::Tree::from_str(svg, &options)?;
    let size = tree
        .size()
        .to_int_size()
        .scale_by(SCALE)
        .filter(|size| size.width() <= LIMIT && size.height() <= LIMIT)
        .context("the chart is too large")?;
    let mut pixels = resvg::tiny_skia::Pixmap::new(size.width(), size.height())
        .context("the chart has no size")?;
    pixels.fill(resvg::tiny_skia::Color::WHITE);
    let scale = resvg::tiny_skia::Transform::from_scale(SCALE, SCALE);
    resvg::render(&tree, scale, &mut pixels.as_mut());
    Ok(pixels.encode_png()?)
}
