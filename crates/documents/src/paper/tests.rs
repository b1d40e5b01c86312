//! Papers are made with the fonts of the machine: `bin/test` asks for fonts-noto-cjk.

use std::{fs, sync::OnceLock};

use serde_json::{Value as Json, json};

use crate::paper::{
    self, Pictures, Press,
    block::{Paper, Picture},
    check::{self, Case},
    fault::Fault,
    kind::KINDS,
    layout,
};

fn press() -> &'static Press {
    static PRESS: OnceLock<Press> = OnceLock::new();
    PRESS.get_or_init(|| paper::open(None, &[]).expect("the built-in papers and fonts-noto-cjk"))
}

fn sample(kind: &str, case: Case) -> Paper {
    let (data, pictures) = check::trial(press(), kind, case).expect("a sample");
    paper::compose(press(), kind, &data, &pictures).expect("a paper")
}

/// A folder with one template in the place of the certificate's, and what comes of it.
fn composed(template: &str, data: &Json) -> Result<Paper, Fault> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("certificate.xml"), template).expect("a template");
    let press = paper::open(Some(folder.path()), &[])?;
    paper::compose(&press, "certificate", data, &Pictures::new())
}

#[test]
fn every_paper_is_made_in_its_worst_cases() {
    let findings = check::check(None, &[]).expect("papers and fonts");
    let told: Vec<String> = findings
        .iter()
        .map(|finding| format!("{} {:?}: {}", finding.kind, finding.case, finding.fault))
        .collect();
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn the_same_data_gives_the_same_bytes() {
    // Fonts that are read anew, and what the typesetter remembers of other papers, change nothing.
    let other = paper::open(None, &[]).expect("papers and fonts");
    for kind in KINDS {
        let (one, two) = (
            sample(kind.name, Case::Sample),
            sample(kind.name, Case::Sample),
        );
        let pdf = |press: &Press, paper: &Paper| {
            paper::pdf(press, std::slice::from_ref(paper)).expect("a PDF")
        };
        let docx = |paper: &Paper| paper::docx(press(), paper).expect("a DOCX");
        assert!(pdf(press(), &one) == pdf(&other, &two), "{}", kind.name);
        assert!(docx(&one) == docx(&two), "{}", kind.name);
    }
}

#[test]
fn a_pdf_says_its_title_and_language_and_is_archivable() {
    let pdf = paper::pdf(press(), &[sample("decision", Case::Sample)]).expect("a PDF");
    let text = String::from_utf8_lossy(&pdf);
    assert!(text.starts_with("%PDF-1.7"));
    for (what, found) in [
        ("PDF/A-2b", text.contains("<pdfaid:part>2</pdfaid:part>")),
        ("language", text.contains("/Lang(zh")),
        ("tags", text.contains("/StructTreeRoot")),
    ] {
        assert!(found, "{what}");
    }
}

#[test]
fn a_name_that_the_data_lacks_is_told_with_its_place() {
    let template = "<paper layout=\"letter\" title=\"t\">\n<para>{{ holder.nmae }}</para></paper>";
    let fault = composed(template, &json!({ "holder": { "name": "周喆" } })).expect_err("refused");
    let Fault::Template { place, what } = fault else {
        panic!("{fault}");
    };
    assert_eq!(
        (place.file.as_str(), place.line, place.column),
        ("certificate.xml", 2, 10)
    );
    assert!(what.contains("holder.nmae"), "{what}");
}

#[test]
fn an_unknown_block_is_told_with_its_place_in_the_template() {
    let template = "<paper layout=\"letter\" title=\"t\">\n{% for row in rows %}<para>{{ row }}</para>\n  <parra>x</parra>\n{% endfor %}</paper>";
    let fault = composed(template, &json!({ "rows": ["甲", "乙"] })).expect_err("refused");
    assert_eq!(
        fault.to_string(),
        "certificate.xml:3:3: there is no block <parra>, or it does not belong here"
    );
}

#[test]
fn what_is_no_xml_is_told_with_its_place_in_the_template() {
    let template = "<paper layout=\"letter\" title=\"t\">\n{{ name }}\n<para>a</paar></paper>";
    let fault = composed(template, &json!({ "name": "" })).expect_err("refused");
    let Fault::Xml { place, .. } = fault else {
        panic!("{fault}");
    };
    assert_eq!(place.line, 3);
}

#[test]
fn values_are_text_whatever_they_look_like() {
    let template = "<paper layout=\"letter\" title=\"{{ name }}\"><para>{{ name }}</para></paper>";
    let name = "A & B <b>\"公司\"</b> #set text(1pt) $x$ */";
    let paper = composed(template, &json!({ "name": name })).expect("a paper");
    assert_eq!(paper.title, name);
    let docx = paper::docx(press(), &paper).expect("a DOCX");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(docx)).expect("an archive");
    let mut document = String::new();
    let mut part = archive.by_name("word/document.xml").expect("a document");
    std::io::Read::read_to_string(&mut part, &mut document).expect("text");
    assert!(
        document.contains("A &amp; B &lt;b&gt;&quot;公司"),
        "{document}"
    );
    paper::pdf(press(), &[paper]).expect("a PDF");
}

#[test]
fn a_character_without_a_font_is_named_and_not_printed_as_a_box() {
    let template = "<paper layout=\"letter\" title=\"t\">\n  <para>{{ name }}</para></paper>";
    // A musical symbol, which no face of Chinese text has.
    let fault = composed(template, &json!({ "name": "王\u{1D11E}" })).expect_err("refused");
    let Fault::MissingCharacters {
        place, characters, ..
    } = fault
    else {
        panic!("{fault}");
    };
    assert_eq!((place.line, place.column), (2, 3));
    assert_eq!(characters, ['\u{1D11E}']);
}

#[test]
fn missing_fonts_are_told_with_what_to_install() {
    let folder = tempfile::tempdir().expect("a folder");
    let fault = paper::open(None, &[folder.path().to_owned()])
        .err()
        .expect("refused");
    let told = fault.to_string();
    assert!(
        told.starts_with("no font for body: none of FangSong"),
        "{told}"
    );
    assert!(told.contains("fonts-noto-cjk"), "{told}");
}

#[test]
fn rows_that_do_not_fill_their_columns_are_told() {
    let template = "<paper layout=\"form\" title=\"t\"><form columns=\"1 1 1\">\n<row><label>甲</label><value>乙</value></row></form></paper>";
    let fault = composed(template, &json!({})).expect_err("refused");
    assert_eq!(
        fault.to_string(),
        "certificate.xml:2:1: the cells of this row fill 2 columns, and 3 are free"
    );
}

#[test]
fn a_template_that_does_not_end_is_stopped() {
    let template = "<paper layout=\"letter\" title=\"t\">{% for a in range(9000) %}{% for b in range(9000) %}{{ b }}{% endfor %}{% endfor %}</paper>";
    let fault = composed(template, &json!({})).expect_err("refused");
    assert!(matches!(fault, Fault::Template { .. }), "{fault}");
}

#[test]
fn layouts_are_refused_with_line_and_column() {
    let text =
        include_str!("../../../../papers/layouts.toml").replace("size_pt = 15.75", "size_pt = big");
    let fault = layout::layouts(&text).expect_err("refused");
    let Fault::Layouts { place, .. } = fault else {
        panic!("{fault}");
    };
    let line = text.lines().position(|line| line == "size_pt = big");
    assert_eq!(Some(place.line - 1), line);
}

#[test]
fn charts_stand_in_both_formats() {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 200 80\" width=\"200\" height=\"80\"><rect width=\"120\" height=\"20\" fill=\"#c00\"/><text x=\"0\" y=\"50\" font-size=\"14\">武进区 60%</text></svg>";
    let folder = tempfile::tempdir().expect("a folder");
    let template = "<paper layout=\"letter\" title=\"t\"><image name=\"progress\" alt=\"各区进度\">各区进度</image></paper>";
    fs::write(folder.path().join("reasons.xml"), template).expect("a template");
    let press = paper::open(Some(folder.path()), &[]).expect("papers");
    let chart = paper::picture("progress", svg.as_bytes().to_vec()).expect("a chart");
    let pictures = Pictures::from([("progress".to_owned(), chart)]);
    let paper = paper::compose(&press, "reasons", &json!({}), &pictures).expect("a paper");
    paper::docx(&press, &paper).expect("a DOCX");
    paper::pdf(&press, &[paper]).expect("a PDF");
    let fault = paper::compose(&press, "reasons", &json!({}), &Pictures::new());
    assert!(matches!(fault, Err(Fault::NoPicture { .. })));
}

#[test]
fn a_chart_is_drawn_from_the_figures_of_its_template() {
    let template = "<paper layout=\"letter\" title=\"t\"><chart alt=\"各区命名\">{% for row in rows %}<bar label=\"{{ row.name }}\" value=\"{{ row.count }}\" shown=\"{{ row.count or \"不详\" }}\"/>{% endfor %}</chart></paper>";
    let rows = |count: Json| json!({ "rows": [{ "name": "武进区", "count": 71 }, { "name": "𬭚喆镇", "count": count }] });
    let paper = composed(template, &rows(Json::Null)).expect("a paper");
    let Some(Picture::Svg { text, .. }) = paper.pictures.values().next().map(|one| &**one) else {
        panic!("{:?}", paper.pictures);
    };
    assert!(text.contains("𬭚喆镇") && text.contains("不详"), "{text}");
    let fault = composed(template, &rows(json!("many"))).expect_err("refused");
    let told = fault.to_string();
    assert!(told.ends_with("is no number from zero up"), "{told}");
}

#[test]
fn many_papers_are_set_by_the_portion_and_in_order() {
    let (data, _) = check::trial(press(), "certificate", Case::Sample).expect("a sample");
    let numbered = (0..25).map(|number| {
        let mut data = data.clone();
        data["number"] = format!("第{number}号").into();
        data
    });
    let mut parts = Vec::new();
    let told = paper::pdf_in_parts(
        press(),
        "certificate",
        numbered,
        &Pictures::new(),
        10,
        |part| {
            parts.push(part);
            Ok::<(), Fault>(())
        },
    );
    told.expect("PDFs");
    let counts: Vec<usize> = parts.iter().map(|part| part.papers).collect();
    assert_eq!(counts, [10, 10, 5]);
    for (part, title) in parts.iter().zip(["0", "10", "20"]) {
        let text = String::from_utf8_lossy(&part.pdf);
        assert!(text.contains(&format!("/Count {}", part.papers)));
        assert!(text.contains(&format!("荣誉证书（第{title}号）")));
    }
}

#[test]
fn setting_stops_at_the_first_part_that_can_not_be_written() {
    let (data, _) = check::trial(press(), "certificate", Case::Sample).expect("a sample");
    let told = paper::pdf_in_parts(
        press(),
        "certificate",
        std::iter::repeat(data),
        &Pictures::new(),
        1,
        |_| {
            Err(Fault::Reading {
                path: "the disk".to_owned(),
                what: "full".to_owned(),
            })
        },
    );
    assert!(matches!(told, Err(Fault::Reading { .. })), "{told:?}");
}

#[test]
fn cells_of_text_alone_are_short_for_the_layout_program() {
    let template = "<paper layout=\"form\" title=\"t\"><table columns=\"1 1 1\"><row><cell align=\"right\">甲</cell><cell></cell><cell><strong>乙</strong></cell></row></table></paper>";
    let paper = composed(template, &json!({})).expect("a paper");
    let told = serde_json::to_value(&paper.blocks).expect("JSON");
    let cells = &told[0]["rows"][0]["cells"];
    assert_eq!(cells[0], json!(["甲", "right", 1]));
    assert_eq!(cells[1], json!(["", "left", 1]));
    assert_eq!(cells[2]["blocks"][0]["text"][0]["strong"], json!(true));
}

#[test]
fn a_table_of_many_pages_is_one_tagged_table() {
    const ROWS: usize = 150;
    let (mut data, pictures) = check::trial(press(), "summary", Case::Sample).expect("a sample");
    let rows = data["rows"].as_array().expect("rows");
    data["rows"] = rows.iter().cycle().take(ROWS).cloned().collect();
    let paper = paper::compose(press(), "summary", &data, &pictures).expect("a paper");
    let pdf = paper::pdf(press(), &[paper]).expect("a PDF");
    let text = String::from_utf8_lossy(&pdf);
    let count = |tag: &str| text.matches(tag).count();
    // The heading, the rows, the sum. What is repeated on the other pages is no content of its own.
    assert_eq!((count("/S/Table"), count("/S/TR")), (1, ROWS + 2));
    assert!(count("/Type/Page") - count("/Type/Pages") > 3, "pages");
}

#[test]
fn a_docx_has_all_parts_that_it_names() {
    let docx = paper::docx(press(), &sample("decision", Case::Sample)).expect("a DOCX");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(docx)).expect("an archive");
    let mut read = |name: &str| {
        let mut text = String::new();
        let mut part = archive.by_name(name).expect("a part");
        std::io::Read::read_to_string(&mut part, &mut text).expect("text");
        text
    };
    let relations = read("word/_rels/document.xml.rels");
    for part in ["styles", "settings", "fonts", "theme", "footer-odd"] {
        assert!(
            relations.contains(&format!("Target=\"{part}.xml\"")),
            "{part}"
        );
        assert!(read(&format!("word/{part}.xml")).ends_with('>'), "{part}");
    }
    assert!(read("[Content_Types].xml").contains("/word/theme.xml"));
    // What its template divides by a break: at the end of a page that is full, a break within a paragraph would leave an empty one.
    let document = read("word/document.xml");
    assert_eq!(document.matches("<w:pageBreakBefore/>").count(), 1);
    assert!(!document.contains("w:type=\"page\""));
}
