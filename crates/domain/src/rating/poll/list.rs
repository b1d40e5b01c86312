//! A pasted list of voters: one name a line. What is plainly meant is read (numbers in front, further columns behind a tab); what is doubtful
//! is told with its line, because a name too many is a slip too many.

use std::collections::BTreeMap;

use jianjia_standard::Lang;

use crate::core::width::{has_control, narrow};

/// The longest name.
pub(super) const LONGEST_NAME: usize = 40;

/// The most digits in a name.
const DIGITS_OF_A_NAME: usize = 4;

/// What is wrong with a line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubtful {
    /// Counts from 1, blank lines too.
    pub line: usize,
    pub text: String,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The name stands in an earlier line.
    Double {
        first: usize,
    },
    Several,
    /// A total, a heading, an empty mark: a word of the standard that is no name, or no word at all.
    NoName,
}

impl Doubtful {
    pub fn sentence(&self, lang: Lang) -> String {
        let Doubtful { line, text, why } = self;
        match (why, lang) {
            (Why::Double { first }, Lang::Zh) => {
                format!(
                    "第 {line} 行“{text}”和第 {first} 行同名：是同一个人请删去一行，是两个人请写明区别，例如“{text}（二车间）”"
                )
            }
            (Why::Double { first }, Lang::En) => {
                format!(
                    "line {line}, “{text}”, is the name in line {first}: remove one if it is the same person, else tell them apart, like “{text} (shop 2)”"
                )
            }
            (Why::Several, Lang::Zh) => {
                format!("第 {line} 行“{text}”像是有几个名字，一行只写一个")
            }
            (Why::Several, Lang::En) => {
                format!("line {line}, “{text}”, looks like several names: write one a line")
            }
            (Why::NoName, Lang::Zh) => format!("第 {line} 行“{text}”不是名字，请删去"),
            (Why::NoName, Lang::En) => {
                format!("line {line}, “{text}”, is no name: please remove it")
            }
        }
    }
}

/// The names of a list in its order, or every line that is doubtful. `not_names` are the standard's words for totals and empty marks.
///
/// # Errors
/// What is doubtful, line by line.
pub fn read(typed: &str, not_names: &[String]) -> Result<Vec<String>, Vec<Doubtful>> {
    let (mut names, mut doubtful) = (Vec::new(), Vec::new());
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for (text, line) in typed.lines().zip(1..) {
        let text = narrow(text);
        if text.is_empty() {
            continue;
        }
        let found = name(&text, not_names).and_then(|name| match first.get(&name) {
            Some(first) => Err(Why::Double { first: *first }),
            None => Ok(name),
        });
        match found {
            Ok(name) => {
                first.insert(name.clone(), line);
                names.push(name);
            }
            Err(why) => doubtful.push(Doubtful {
                line,
                text: text.chars().take(LONGEST_NAME).collect(),
                why,
            }),
        }
    }
    if doubtful.is_empty() {
        Ok(names)
    } else {
        Err(doubtful)
    }
}

/// The name on a line.
fn name(text: &str, not_names: &[String]) -> Result<String, Why> {
    // A number in front is the place in somebody's table, in a column of its own or not; what stands behind a tab is another column.
    let cells = text.split('\t').map(without_number);
    let name = cells
        .into_iter()
        .find(|cell| !cell.is_empty())
        .unwrap_or("");
    let bare = name.trim_matches(|sign: char| !sign.is_alphanumeric());
    let leading: String = bare
        .chars()
        .take_while(|sign| sign.is_alphabetic())
        .collect();
    // 王芳2 is how some tell two people apart; a telephone or identity number is no part of a name.
    let digits = bare.chars().filter(char::is_ascii_digit).count();
    let is_number = digits > DIGITS_OF_A_NAME || leading.is_empty();
    if bare.is_empty()
        || bare.len() < name.trim_end_matches(')').len()
        || not_names.contains(&leading)
        || is_number
        || name.contains(':')
        || name.chars().count() > LONGEST_NAME
        || has_control(name)
    {
        return Err(Why::NoName);
    }
    let separators = ['、', ',', ';', '，', '；', '/', '|', '\\'];
    if name.contains(separators) || has_number_within(name) {
        return Err(Why::Several);
    }
    joined(name).ok_or(Why::Several)
}

/// A Han name without the blanks that people set for looks; none where the blanks part several. Others keep one blank: `John Smith`.
fn joined(name: &str) -> Option<String> {
    let pieces: Vec<&str> = name.split_whitespace().collect();
    if !name.chars().any(is_han) {
        return Some(pieces.join(" "));
    }
    let length = |piece: &&str| piece.chars().count();
    let is_spread = pieces.iter().all(|piece| length(piece) == 1) && pieces.len() <= 4;
    let is_note = pieces.len() == 2 && pieces[1].starts_with('(');
    match pieces.as_slice() {
        [one] => Some((*one).to_owned()),
        _ if is_spread || is_note => Some(pieces.concat()),
        _ => None,
    }
}

/// A cell without the number in front of it, in any shape: `1.`, `(1)`, `①`, `一、`. A Chinese numeral is one only with a sign behind it, for 一 and 万
/// begin names, too.
fn without_number(cell: &str) -> &str {
    let cell = cell.trim();
    let open = cell.trim_start_matches(['(', '[', '【', '〔']);
    let is_open = open.len() < cell.len();
    let behind = |is_digit: fn(char) -> bool| {
        let rest = open.trim_start_matches(is_digit);
        (rest.len() < open.len()).then_some(rest)
    };
    let is_sign = |sign: char| ".、)）]】〕:．,。·-".contains(sign);
    if let Some(rest) = behind(|sign| sign.is_ascii_digit()) {
        // 8号 王二 is the eighth; 8号楼 is a place.
        let is_parted = |rest: &&str| rest.starts_with(|sign| is_sign(sign) || sign == ' ');
        let rest = match rest.strip_prefix('号') {
            None => rest,
            Some(behind) if is_parted(&behind) => behind,
            Some(_) => return cell,
        };
        return rest.trim_start_matches(|sign| is_sign(sign) || sign == ' ');
    }
    if let Some(rest) = behind(is_round) {
        return rest.trim_start_matches(|sign| is_sign(sign) || sign == ' ');
    }
    let numeral = behind(|sign| "〇零一二三四五六七八九十百".contains(sign));
    let numeral = numeral.map(str::trim_start);
    match numeral.and_then(|rest| Some((rest, rest.chars().next()?))) {
        // （一）张三, 一、张三.
        Some((rest, sign)) if is_sign(sign) && (is_open || sign != '·') => {
            rest.trim_start_matches(|sign| is_sign(sign) || sign == ' ')
        }
        _ => cell,
    }
}

/// Whether another number stands behind a name, with another name: 张三②李四, 张三2.李四.
fn has_number_within(name: &str) -> bool {
    let mut signs = name.chars().peekable();
    while let Some(sign) = signs.next() {
        let is_counted = sign.is_ascii_digit()
            && signs
                .peek()
                .is_some_and(|next| matches!(next, '.' | '、' | '．'));
        if is_round(sign) || is_counted {
            return true;
        }
    }
    false
}

/// ①, ⑴, ⒈, ㈠ and their like: numbers in one character.
fn is_round(sign: char) -> bool {
    matches!(u32::from(sign), 0x2460..=0x249b | 0x24ea..=0x24ff | 0x2776..=0x2793 | 0x3220..=0x3229 | 0x3280..=0x3289 | 0x3251..=0x325f | 0x32b1..=0x32bf)
}

fn is_han(sign: char) -> bool {
    matches!(u32::from(sign), 0x3400..=0x9fff | 0x2_0000..=0x3_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, expected: Result<&[&str], &[(usize, Why)]>) {
        let not_names = ["合计", "无", "空", "姓名"].map(str::to_owned);
        let found = read(typed, &not_names);
        let found = found.map_err(|doubtful| -> Vec<(usize, Why)> {
            doubtful
                .iter()
                .map(|found| (found.line, found.why))
                .collect()
        });
        let expected = expected.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(found, expected.map_err(<[_]>::to_vec), "{typed}");
    }

    #[test]
    fn what_is_plainly_meant_is_read() {
        check("", Ok(&[]));
        check("王芳\n\n 李　四 \n", Ok(&["王芳", "李四"]));
        check(
            "1. 李四\t男\t铸造车间\n2、赵六\n３\t钱八",
            Ok(&["李四", "赵六", "钱八"]),
        );
        check(
            "阿依古丽·买买提\nJohn Smith",
            Ok(&["阿依古丽·买买提", "John Smith"]),
        );
        check(
            "王芳\n王芳（二车间）\n王芳 (3组)",
            Ok(&["王芳", "王芳(二车间)", "王芳(3组)"]),
        );
        check("空海\n无双", Ok(&["空海", "无双"]));
        check(
            "①张三\n② 李四\n⑴赵六\n⒋钱八\n㈤孙七\n❻周九\n⑳吴十\n㉑郑一",
            Ok(&[
                "张三", "李四", "赵六", "钱八", "孙七", "周九", "吴十", "郑一",
            ]),
        );
        check(
            "一、 李四\n二．张三\n（三）赵六\n十一、钱八\n(4) 孙七\n[5]周九\n6.吴十\n7）郑一\n8号 王二\n9．冯三\n10、陈四",
            Ok(&[
                "李四", "张三", "赵六", "钱八", "孙七", "周九", "吴十", "郑一", "王二", "冯三",
                "陈四",
            ]),
        );
        check(
            "张三（组长）\n1 李四 (副组长)\n万一一\n一鸣\n一·买买提\n十方",
            Ok(&[
                "张三(组长)",
                "李四(副组长)",
                "万一一",
                "一鸣",
                "一·买买提",
                "十方",
            ]),
        );
        check("王芳1\n王芳2", Ok(&["王芳1", "王芳2"]));
    }

    #[test]
    fn what_is_doubtful_is_told_by_line() {
        // The list of an office: shared case p21.
        check(
            "王芳\n王　芳\n王芳\n1. 李四\t男\t铸造车间\n张三、赵六、孙七\n钱八\n（空）\n周九\n吴十\n合计：9人\n",
            Err(&[
                (2, Why::Double { first: 1 }),
                (3, Why::Double { first: 1 }),
                (5, Why::Several),
                (7, Why::NoName),
                (10, Why::NoName),
            ]),
        );
        check("张三 李四", Err(&[(1, Why::Several)]));
        check(
            "①张三 ②李四\n1.张三 2.李四\n8号楼王二",
            Err(&[(1, Why::Several), (2, Why::Several), (3, Why::NoName)]),
        );
        check(
            "①张三②李四\n1.张三2.李四\n③赵六\n①赵六\n一、\n(1)\n①\n（一）合计",
            Err(&[
                (1, Why::Several),
                (2, Why::Several),
                (4, Why::Double { first: 3 }),
                (5, Why::NoName),
                (6, Why::NoName),
                (7, Why::NoName),
                (8, Why::NoName),
            ]),
        );
        check(
            "姓名\n张三\n合计 1 人\n——",
            Err(&[(1, Why::NoName), (3, Why::NoName), (4, Why::NoName)]),
        );
        check(
            "13812345678\n王芳13812345678\n2",
            Err(&[(1, Why::NoName), (2, Why::NoName), (3, Why::NoName)]),
        );
    }
}
