//! What lines are by their shape alone, whatever the words: days, pages, numbers of columns, titles of parts. Texts are plain: without blanks, narrow.

use super::super::TableRow;

const NUMERALS: &str = "〇零一二三四五六七八九十百";
const STEMS: [&str; 10] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];

fn is_number(sign: char) -> bool {
    sign.is_ascii_digit() || NUMERALS.contains(sign)
}

/// 2016年10月20日, 2016-10-20, 二〇一六年十月; also with the numbers left out, as printed to be filled in by hand.
pub(super) fn is_day(cell: &str) -> bool {
    let is_of_day = |sign: char| is_number(sign) || "年月日号-./()".contains(sign);
    let separators = cell.matches(['-', '.', '/']).count();
    !cell.is_empty()
        && cell.chars().all(is_of_day)
        && (cell.contains('年')
            || (separators == 2 && cell.chars().filter(|sign| is_number(*sign)).count() >= 4))
}

/// 第1页,共2页, 1/2页, -1-, Page 1 of 2.
pub(super) fn is_page(cell: &str) -> bool {
    let is_of_page = |sign: char| is_number(sign) || "第共页/,、-()".contains(sign);
    let is_between = |cell: &str| {
        let number = cell
            .strip_prefix('-')
            .and_then(|rest| rest.strip_suffix('-'));
        number.is_some_and(|number| !number.is_empty() && number.chars().all(is_number))
    };
    (cell.contains('页') && cell.chars().any(is_number) && cell.chars().all(is_of_page))
        || is_between(cell)
        || cell
            .strip_prefix("page")
            .is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()))
}

/// What no name is: a label with a colon, a text in brackets, several clauses.
pub(super) fn is_sentence(cell: &str) -> bool {
    let is_bracketed =
        cell.starts_with(['(', '[', '【', '〔']) && cell.ends_with([')', ']', '】', '〕']);
    is_bracketed || cell.contains([':', '：', ';', '；', '。', '！', '!', '？', '?', ',', '，'])
}

/// 一、天宁街道, （二）红梅街道, and a word for a part with its number: 表二.
pub(super) fn is_title(cell: &str, words: &[String]) -> bool {
    let is_numeral = |sign: char| NUMERALS.contains(sign) || ('Ⅰ'..='Ⅻ').contains(&sign);
    let bare = cell.trim_start_matches('(');
    let behind = bare.trim_start_matches(is_numeral);
    let is_numbered = behind.len() < bare.len()
        && (behind.starts_with(['、', '.', '．', ':'])
            || (cell.starts_with('(') && behind.starts_with(')')));
    is_numbered
        || words.iter().any(|word| {
            cell.strip_prefix(word.as_str()).is_some_and(|rest| {
                let rest = rest
                    .trim_start_matches(|sign| is_number(sign) || is_numeral(sign) || sign == '-');
                rest.is_empty() || rest.starts_with([':', '、', '('])
            })
        })
}

/// 甲 1 2 3, 1 2 3 4, 栏次 甲 乙 1 2: stems, then numbers, each followed by the next. 3=1+2 is the number 3.
pub(super) fn are_numbers<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    let (mut stems, mut numbers, mut count) = (0, 0, 0);
    for (place, cell) in cells.enumerate() {
        let cell = super::plain(cell);
        let cell = cell.trim_matches(['(', ')', '（', '）']);
        let digits = cell.split('=').next().unwrap_or_default();
        if place == 0 && matches!(cell, "栏次" | "行次" | "列次") {
            continue;
        }
        count += 1;
        if digits.parse() == Ok(numbers + 1) {
            numbers += 1;
        } else if numbers == 0 && STEMS.get(stems) == Some(&cell) {
            stems += 1;
        } else {
            return false;
        }
    }
    count >= 2
}

/// What of a line of a text stands in more cells than there are headings: the cells beyond, or a number that its comma divided.
pub(super) fn more_cells(row: &TableRow, width: usize) -> Option<String> {
    if width == 0 || row.width == 0 {
        return None;
    }
    let beyond = row.cells.get(width..).unwrap_or_default();
    let beyond: Vec<&str> = beyond
        .iter()
        .map(String::as_str)
        .filter(|cell| !cell.is_empty())
        .collect();
    if !beyond.is_empty() {
        return Some(beyond.join(" "));
    }
    let is_wide = row.width > width;
    let are_digits = |cell: &str| cell.bytes().all(|byte| byte.is_ascii_digit());
    let divided = row.cells.windows(2).find(|pair| {
        let (thousands, rest) = (pair[0].as_str(), pair[1].as_str());
        (1..=3).contains(&thousands.len())
            && rest.len() == 3
            && are_digits(thousands)
            && are_digits(rest)
            && !thousands.starts_with('0')
            && (is_wide || rest.starts_with('0'))
    });
    divided.map(|pair| pair.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_from_names_by_their_shape() {
        let titles = ["表".to_owned(), "附件".to_owned()];
        for (cell, is) in [
            ("2016年10月20日", "day"),
            ("二〇一六年十月", "day"),
            ("年月日", "day"),
            ("2016-10-20", "day"),
            ("第1页共2页", "page"),
            ("第一页,共二页", "page"),
            ("-1-", "page"),
            ("page1of2", "page"),
            ("分管领导:", "sentence"),
            ("(此表一式三份)", "sentence"),
            ("街道一份,社区一份", "sentence"),
            ("一、天宁街道", "title"),
            ("(二)红梅街道", "title"),
            ("十二.郑陆镇", "title"),
            ("表二", "title"),
            ("附件1", "title"),
            ("表2-1:名册", "title"),
        ] {
            let found = if is_day(cell) {
                "day"
            } else if is_page(cell) {
                "page"
            } else if is_title(cell, &titles) {
                "title"
            } else if is_sentence(cell) {
                "sentence"
            } else {
                "a name"
            };
            assert_eq!(found, is, "{cell}");
        }
        for cell in [
            "表面处理厂工会",
            "一分厂工会",
            "(原)二厂工会",
            "十里铺工会",
            "常州1号厂工会",
            "3.5",
            "",
        ] {
            let is_name =
                !is_day(cell) && !is_page(cell) && !is_title(cell, &titles) && !is_sentence(cell);
            assert!(is_name, "{cell}");
        }
    }

    #[test]
    fn numbers_of_columns_follow_each_other() {
        for (cells, expect) in [
            (&["甲", "1", "2", "3"][..], true),
            (&["1", "2", "3=1+2"], true),
            (&["栏次", "甲", "乙", "1"], true),
            (&["（1）", "(2)"], true),
            (&["甲", "1"], true),
            (&["甲厂工会", "1"], false),
            (&["1", "3"], false),
            (&["甲", "100"], false),
            (&["1"], false),
            (&[], false),
        ] {
            assert_eq!(are_numbers(cells.iter().copied()), expect, "{cells:?}");
        }
    }
}
