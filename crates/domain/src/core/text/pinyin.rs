//! What somebody typed, read as pinyin: by whole syllables, so that `hengyuan` is 恒源 and no part of 诚源, or by their first letters.

/// The sign in a sort key before the first letters of its syllables.
pub const INITIALS: char = '=';

/// So many readings of one text are looked for; few have more than two.
const READINGS_AT_MOST: usize = 8;

/// Longer texts are no pinyin that anybody types.
const LETTERS_AT_MOST: usize = 48;

/// The longest syllable: `zhuang`.
const SYLLABLE_AT_MOST: usize = 6;

/// Text of letters as it may be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// Its syllables with blanks between them, in each way to read it, long syllables first; the last one may be only begun.
    pub readings: Vec<String>,
    /// Whether it may be the first letters of syllables: it is not made of whole ones.
    pub may_be_initials: bool,
}

/// How a text of small letters may be read; none where it has other characters, too.
pub fn typed(text: &str) -> Option<Typed> {
    let is_letters = text.bytes().all(|byte| byte.is_ascii_lowercase());
    if !is_letters || text.is_empty() || text.len() > LETTERS_AT_MOST {
        return None;
    }
    let whole = readings(text, is_syllable);
    let may_be_initials = whole.is_empty() && text.len() > 1;
    let readings = if whole.is_empty() {
        readings(text, begins_syllable)
    } else {
        whole
    };
    Some(Typed {
        readings,
        may_be_initials,
    })
}

/// The ways to read a text by syllables, the last of which is one that `ends`.
fn readings(text: &str, ends: fn(&str) -> bool) -> Vec<String> {
    // From which places the rest can be read: no way that leads nowhere is gone.
    let mut is_read = vec![false; text.len() + 1];
    for place in (0..text.len()).rev() {
        let rest = &text[place..];
        is_read[place] = is_last(rest, ends)
            || lengths(rest).any(|length| is_read[place + length] && is_syllable(&rest[..length]));
    }
    let mut found = Vec::new();
    if is_read[0] {
        let mut reading = Reading {
            text,
            ends,
            is_read: &is_read,
            found: &mut found,
        };
        reading.go_on(0, &mut Vec::new());
    }
    found
}

struct Reading<'a, 'f> {
    text: &'a str,
    ends: fn(&str) -> bool,
    is_read: &'f [bool],
    found: &'f mut Vec<String>,
}

impl<'a> Reading<'a, '_> {
    fn go_on(&mut self, place: usize, before: &mut Vec<&'a str>) {
        let rest = &self.text[place..];
        for length in lengths(rest).rev() {
            if self.found.len() == READINGS_AT_MOST {
                return;
            }
            let part = &rest[..length];
            before.push(part);
            if length == rest.len() && is_last(part, self.ends) {
                self.found.push(before.join(" "));
            } else if self.is_read[place + length] && is_syllable(part) {
                self.go_on(place + length, before);
            }
            before.pop();
        }
    }
}

fn lengths(rest: &str) -> std::ops::RangeInclusive<usize> {
    1..=rest.len().min(SYLLABLE_AT_MOST)
}

fn is_last(rest: &str, ends: fn(&str) -> bool) -> bool {
    rest.len() <= SYLLABLE_AT_MOST && ends(rest)
}

/// Whether it is a syllable, written without its tone and with v for ü.
pub fn is_syllable(text: &str) -> bool {
    SYLLABLES.binary_search(&text).is_ok()
}

fn begins_syllable(text: &str) -> bool {
    let place = SYLLABLES.partition_point(|syllable| *syllable < text);
    SYLLABLES
        .get(place)
        .is_some_and(|syllable| syllable.starts_with(text))
}

/// In alphabetical order. Interjections without a vowel are left out: with them nearly every text could be read.
#[rustfmt::skip]
const SYLLABLES: &[&str] = &[
    "a", "ai", "an", "ang", "ao", "ba", "bai", "ban", "bang", "bao", "bei", "ben", "beng", "bi",
    "bian", "biang", "biao", "bie", "bin", "bing", "bo", "bong", "bu", "ca", "cai", "can",
    "cang", "cao", "ce", "cei", "cen", "ceng", "cha", "chai", "chan", "chang", "chao", "che",
    "chen", "cheng", "chi", "chong", "chou", "chu", "chua", "chuai", "chuan", "chuang", "chui",
    "chun", "chuo", "ci", "cong", "cou", "cu", "cuan", "cui", "cun", "cuo", "da", "dai", "dan",
    "dang", "dao", "de", "den", "deng", "di", "dian", "diao", "die", "din", "ding", "diu",
    "dong", "dou", "du", "duan", "dui", "dun", "duo", "e", "ei", "en", "eng", "er", "fa", "fan",
    "fang", "fei", "fen", "feng", "fo", "fou", "fu", "ga", "gai", "gan", "gang", "gao", "ge",
    "gei", "gen", "geng", "gong", "gou", "gu", "gua", "guai", "guan", "guang", "gui", "gun",
    "guo", "ha", "hai", "han", "hang", "hao", "he", "hei", "hen", "heng", "hong", "hou", "hu",
    "hua", "huai", "huan", "huang", "hui", "hun", "huo", "ji", "jia", "jian", "jiang", "jiao",
    "jie", "jin", "jing", "jiong", "jiu", "ju", "juan", "jue", "jun", "ka", "kai", "kan",
    "kang", "kao", "ke", "ken", "keng", "kong", "kou", "ku", "kua", "kuai", "kuan", "kuang",
    "kui", "kun", "kuo", "la", "lai", "lan", "lang", "lao", "le", "lei", "leng", "li", "lia",
    "lian", "liang", "liao", "lie", "lin", "ling", "liu", "lo", "long", "lou", "lu", "luan",
    "lun", "luo", "lv", "lve", "ma", "mai", "man", "mang", "mao", "me", "mei", "men", "meng",
    "mi", "mian", "miao", "mie", "min", "ming", "miu", "mo", "mou", "mu", "na", "nai", "nan",
    "nang", "nao", "ne", "nei", "nen", "neng", "ni", "nian", "niang", "niao", "nie", "nin",
    "ning", "niu", "nong", "nou", "nu", "nuan", "nun", "nuo", "nv", "nve", "o", "ou", "pa",
    "pai", "pan", "pang", "pao", "pei", "pen", "peng", "pi", "pian", "piao", "pie", "pin",
    "ping", "po", "pou", "pu", "qi", "qia", "qian", "qiang", "qiao", "qie", "qin", "qing",
    "qiong", "qiu", "qu", "quan", "que", "qun", "ran", "rang", "rao", "re", "ren", "reng", "ri",
    "rong", "rou", "ru", "rua", "ruan", "rui", "run", "ruo", "sa", "sai", "san", "sang", "sao",
    "se", "sen", "seng", "sha", "shai", "shan", "shang", "shao", "she", "shen", "sheng", "shi",
    "shou", "shu", "shua", "shuai", "shuan", "shuang", "shui", "shun", "shuo", "si", "song",
    "sou", "su", "suan", "sui", "sun", "suo", "ta", "tai", "tan", "tang", "tao", "te", "teng",
    "ti", "tian", "tiao", "tie", "ting", "tong", "tou", "tu", "tuan", "tui", "tun", "tuo", "wa",
    "wai", "wan", "wang", "wei", "wen", "weng", "wo", "wong", "wu", "xi", "xia", "xian",
    "xiang", "xiao", "xie", "xin", "xing", "xiong", "xiu", "xu", "xuan", "xue", "xun", "ya",
    "yan", "yang", "yao", "ye", "yi", "yin", "ying", "yo", "yong", "you", "yu", "yuan", "yue",
    "yun", "za", "zai", "zan", "zang", "zao", "ze", "zei", "zen", "zeng", "zha", "zhai", "zhan",
    "zhang", "zhao", "zhe", "zhen", "zheng", "zhi", "zhong", "zhou", "zhu", "zhua", "zhuai",
    "zhuan", "zhuang", "zhui", "zhun", "zhuo", "zi", "zong", "zou", "zu", "zuan", "zui", "zun",
    "zuo",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_by_whole_syllables_or_as_first_letters() {
        let check = |text: &str, readings: &[&str], may_be_initials: bool| {
            let typed = typed(text).unwrap();
            assert_eq!(typed.readings, readings, "{text}");
            assert_eq!(typed.may_be_initials, may_be_initials, "{text}");
        };
        check("hengyuan", &["heng yuan", "heng yu an"], false);
        check("xian", &["xian", "xi an"], false);
        // While it is being typed, the last syllable is only begun.
        check("hengy", &["heng y"], true);
        check("c", &["c"], false);
        check("cz", &[], true);
        check("tcl", &[], true);
        check("zh", &["zh"], true);
        check("lvse", &["lv se"], false);
        assert_eq!(typed("abb（"), None);
        assert_eq!(typed(""), None);
    }

    #[test]
    fn a_text_of_many_ways_is_read_in_few() {
        let typed = typed(&"an".repeat(20)).unwrap();
        assert!(typed.readings.len() <= READINGS_AT_MOST, "{typed:?}");
        assert!(SYLLABLES.is_sorted());
    }
}
