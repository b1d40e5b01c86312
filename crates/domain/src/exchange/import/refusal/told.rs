//! What sentences name: contents of files, cells, candidates.

use jianjia_standard::Lang;

use crate::exchange::import::aside::RowPlace;

/// What a file was found to hold, in words; a kind that is not listed is told by its name.
pub(super) fn content(found: &'static str, lang: Lang) -> &'static str {
    let (zh, en) = match found {
        "text" => ("普通文字", "plain text"),
        "binary" => ("认不出的数据", "data of an unknown kind"),
        "program" => ("程序", "a program"),
        "PDF" => (" PDF 文档", "a PDF document"),
        "Word" => (" Word 文档", "a Word document"),
        "PNG" => (" PNG 图片", "a PNG picture"),
        "JPEG" => (" JPEG 图片", "a JPEG picture"),
        "GIF" => (" GIF 图片", "a GIF picture"),
        "ZIP" => (" ZIP 压缩包", "a ZIP archive"),
        "RAR" => (" RAR 压缩包", "a RAR archive"),
        "7z" => (" 7z 压缩包", "a 7z archive"),
        other => (other, other),
    };
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// Cells by row and column, the first of them; one without a row stands on a hidden sheet.
pub(super) fn cells_told(places: &[(RowPlace, String)], lang: Lang) -> String {
    const TOLD: usize = 8;
    let cell = |(place, column): &(RowPlace, String)| match lang {
        Lang::Zh if place.row == 0 => "在隐藏的工作表里".to_owned(),
        Lang::En if place.row == 0 => "on a hidden sheet".to_owned(),
        Lang::Zh => format!("{} {column} 列", place.zh()),
        Lang::En => format!("{}, column {column}", place.en()),
    };
    let told: Vec<String> = places.iter().take(TOLD).map(cell).collect();
    let count = places.len();
    match lang {
        Lang::Zh if count > TOLD => format!("{}等 {count} 处", told.join("、")),
        Lang::En if count > TOLD => format!("{} and others, {count} in all", told.join("; ")),
        Lang::Zh => told.join("、"),
        Lang::En => told.join("; "),
    }
}

pub(super) fn told_zh(candidates: &[(String, i64)], between: &str) -> String {
    let told = candidates
        .iter()
        .map(|(name, number)| format!("“{name}”（编号 {number}）"));
    told.collect::<Vec<_>>().join(between)
}

pub(super) fn told_en(candidates: &[(String, i64)], between: &str) -> String {
    let told = candidates
        .iter()
        .map(|(name, number)| format!("“{name}” (number {number})"));
    told.collect::<Vec<_>>().join(between)
}

/// Candidates with the unions above them.
pub(super) fn same_zh(candidates: &[(String, i64)], uppers: &[String]) -> String {
    let told = candidates.iter().zip(uppers);
    let told = told.map(|((name, number), upper)| match upper.as_str() {
        "" => format!("“{name}”（编号 {number}）"),
        upper => format!("“{name}”（编号 {number}，上级是“{upper}”）"),
    });
    told.collect::<Vec<_>>().join("；")
}

pub(super) fn same_en(candidates: &[(String, i64)], uppers: &[String]) -> String {
    let told = candidates.iter().zip(uppers);
    let told = told.map(|((name, number), upper)| match upper.as_str() {
        "" => format!("“{name}” (number {number})"),
        upper => format!("“{name}” (number {number}, under “{upper}”)"),
    });
    told.collect::<Vec<_>>().join("; ")
}
