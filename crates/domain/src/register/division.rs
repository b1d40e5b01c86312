//! Administrative divisions as people and tables write them: by code or name, in full or in part, and those of the past.

use std::collections::{BTreeSet, HashMap};

use jianjia_standard::{Lang, division::DivisionWords};

use crate::core::{
    refusal::Refuse,
    text::{form::of_name, line},
};

/// How many candidates a sentence names.
const TOLD: usize = 5;

/// What follows the proper name: 武进 is nearly 武进区.
const KINDS: [&str; 13] = [
    "社区居委会",
    "村民委员会",
    "居民委员会",
    "村委会",
    "居委会",
    "街道办事处",
    "街道",
    "社区",
    "村",
    "镇",
    "乡",
    "区",
    "市",
];

/// A division of the register.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    pub code: &'a str,
    pub parent_code: &'a str,
    pub name: &'a str,
}

/// All divisions, by what they may be called.
#[derive(Default)]
pub struct Divisions {
    by_code: HashMap<String, String>,
    /// By the form in which names are compared: the name itself, and behind those of the divisions above it.
    by_name: HashMap<String, BTreeSet<String>>,
    /// By the name without what kind of division it is.
    by_proper_name: HashMap<String, BTreeSet<String>>,
}

impl Divisions {
    pub fn of(known: &[Known<'_>]) -> Divisions {
        let places: HashMap<&str, &Known<'_>> = known.iter().map(|one| (one.code, one)).collect();
        let mut divisions = Divisions::default();
        for one in known {
            let code = || one.code.to_owned();
            divisions.by_code.insert(code(), one.name.to_owned());
            let mut name = one.name.to_owned();
            let proper = proper_name(&of_name(&name)).to_owned();
            divisions
                .by_proper_name
                .entry(proper)
                .or_default()
                .insert(code());
            let mut above = Some(one);
            for _ in 0..5 {
                let form = of_name(&name);
                divisions.by_name.entry(form).or_default().insert(code());
                above = above.and_then(|one| places.get(one.parent_code).copied());
                let Some(above) = above else { break };
                name = format!("{}{name}", above.name);
            }
        }
        divisions
    }

    pub fn name(&self, code: &str) -> Option<&str> {
        self.by_code.get(code).map(String::as_str)
    }

    /// The code of the division that is meant: by its code, of 12 digits too; by its name, also with province and city in front; by both.
    ///
    /// # Errors
    /// `Former` for one of the past, `Several`, `Near` with the candidates, `Unknown`.
    pub fn read(&self, words: &DivisionWords, typed: &str) -> Result<String, DivisionRefusal> {
        let form = of_name(typed).replace(['/', '\\', '|', '>', '-', '、', ','], "");
        let digits = form.len()
            - form
                .trim_start_matches(|one: char| one.is_ascii_digit())
                .len();
        let (code, name) = form.split_at(digits);
        let unknown = || DivisionRefusal::Unknown { typed: line(typed) };
        let by_code = (!code.is_empty()).then(|| self.of_code(code));
        let former = || words.of_code(code).filter(|_| !code.is_empty());
        match (by_code, name) {
            (Some(Some(code)), "") => Ok(code),
            (Some(Some(code)), name) => {
                // Both must mean the same.
                let named = self.named(words, name);
                named.contains(&code).then_some(code).ok_or_else(unknown)
            }
            (Some(None), _) => Err(former().map_or_else(unknown, |former| {
                let (typed, told) = (line(typed), former.text.clone());
                DivisionRefusal::Former { typed, told }
            })),
            (None, name) => self.of_name(words, typed, name),
        }
    }

    /// A code, or one of 12 or 6 digits that is filled up with zeros.
    fn of_code(&self, code: &str) -> Option<String> {
        let mut code = code;
        loop {
            if self.by_code.contains_key(code) {
                return Some(code.to_owned());
            }
            code = match code.len() {
                12 | 9 => code.strip_suffix("000")?,
                6 => code.strip_suffix("00")?,
                _ => return None,
            };
        }
    }

    fn named(&self, words: &DivisionWords, form: &str) -> BTreeSet<String> {
        let whole = self.by_name.get(form);
        let rest = || self.by_name.get(below(words, form));
        whole.or_else(rest).cloned().unwrap_or_default()
    }

    fn of_name(
        &self,
        words: &DivisionWords,
        typed: &str,
        form: &str,
    ) -> Result<String, DivisionRefusal> {
        let typed = line(typed);
        let found = self.named(words, form);
        let rest = below(words, form);
        if found.len() > 1 {
            let candidates = self.told(&found);
            return Err(DivisionRefusal::Several { typed, candidates });
        }
        if let Some(code) = found.into_iter().next() {
            return Ok(code);
        }
        if let Some(former) = words
            .of_name(form)
            .or_else(|| words.of_name(rest))
            .or_else(|| words.of_path(rest))
        {
            let told = former.text.clone();
            return Err(DivisionRefusal::Former { typed, told });
        }
        match self.by_proper_name.get(proper_name(rest)) {
            Some(near) => Err(DivisionRefusal::Near {
                typed,
                candidates: self.told(near),
            }),
            None => Err(DivisionRefusal::Unknown { typed }),
        }
    }

    /// Names and codes, those of the largest divisions first.
    fn told(&self, codes: &BTreeSet<String>) -> Vec<(String, String)> {
        let mut codes: Vec<&String> = codes.iter().collect();
        codes.sort_by_key(|code| (code.len(), *code));
        let told = codes.into_iter().take(TOLD);
        told.map(|code| (self.by_code[code].clone(), code.clone()))
            .collect()
    }
}

/// The name without province and city in front.
pub(crate) fn below<'a>(words: &DivisionWords, form: &'a str) -> &'a str {
    words.above.iter().fold(form, |rest, word| {
        rest.strip_prefix(of_name(word).as_str())
            .filter(|rest| !rest.is_empty())
            .unwrap_or(rest)
    })
}

/// 新河 of 新河村 and of 新河村村委会.
fn proper_name(form: &str) -> &str {
    let mut name = form;
    loop {
        let rest = KINDS
            .iter()
            .find_map(|kind| name.strip_suffix(kind))
            .filter(|rest| rest.chars().count() >= 2);
        match rest {
            Some(rest) => name = rest,
            None => return name,
        }
    }
}

/// Why a division can't be told.
#[derive(Clone, Debug, PartialEq)]
pub enum DivisionRefusal {
    Unknown {
        typed: String,
    },
    /// Of the past: what became of it.
    Former {
        typed: String,
        told: jianjia_standard::Text,
    },
    /// Several are called so: names and codes.
    Several {
        typed: String,
        candidates: Vec<(String, String)>,
    },
    /// None is called so, but these nearly are.
    Near {
        typed: String,
        candidates: Vec<(String, String)>,
    },
}

impl Refuse for DivisionRefusal {
    fn key(&self) -> &'static str {
        match self {
            DivisionRefusal::Unknown { .. } => "division/unknown",
            DivisionRefusal::Former { .. } => "division/former",
            DivisionRefusal::Several { .. } => "division/several",
            DivisionRefusal::Near { .. } => "division/near",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (DivisionRefusal::Unknown { typed }, Lang::Zh) => format!(
                "没有找到区划“{typed}”。请填区划代码（例如 320402005）或本市镇（街道）、村（社区）的全称。"
            ),
            (DivisionRefusal::Unknown { typed }, Lang::En) => format!(
                "There is no division “{typed}”. Enter its code (such as 320402005) or the full name of a township, subdistrict, village or community of this city."
            ),
            (DivisionRefusal::Former { typed, told }, Lang::Zh) => {
                format!("“{typed}”是以前的区划：{}。", told.zh)
            }
            (DivisionRefusal::Former { typed, told }, Lang::En) => {
                format!("“{typed}” is a former division: {}.", told.en)
            }
            (DivisionRefusal::Several { typed, candidates }, Lang::Zh) => format!(
                "叫“{typed}”的区划有几个：{}。请填其中一个的代码，或把所在的区、镇写在前面。",
                told(candidates, "；", ("（", "）"))
            ),
            (DivisionRefusal::Several { typed, candidates }, Lang::En) => format!(
                "Several divisions are called “{typed}”: {}. Enter the code of one, or write the district or town in front.",
                told(candidates, ", ", (" (", ")"))
            ),
            (DivisionRefusal::Near { typed, candidates }, Lang::Zh) => format!(
                "没有叫“{typed}”的区划。是不是{}？请填代码或全称。",
                told(candidates, "或", ("（", "）"))
            ),
            (DivisionRefusal::Near { typed, candidates }, Lang::En) => format!(
                "No division is called “{typed}”. Did you mean {}? Enter the code or the full name.",
                told(candidates, " or ", (" (", ")"))
            ),
        }
    }
}

fn told(candidates: &[(String, String)], between: &str, (open, close): (&str, &str)) -> String {
    let told = candidates.iter();
    let told = told.map(|(name, code)| format!("{name}{open}{code}{close}"));
    told.collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use jianjia_standard::{Text, division::FormerDivision};

    use super::*;

    const KNOWN: [(&str, &str, &str); 8] = [
        ("3204", "32", "常州市"),
        ("320402", "3204", "天宁区"),
        ("320402005", "320402", "天宁街道"),
        ("320412", "3204", "武进区"),
        ("320412001", "320412", "戚墅堰街道"),
        ("320412400", "320412", "武进经济开发区"),
        ("320413106215", "320413106", "新河村村委会"),
        ("320481114204", "320481114", "新河村村委会"),
    ];

    fn read(typed: &str) -> Result<String, &'static str> {
        let known = KNOWN.map(|(code, parent_code, name)| Known {
            code,
            parent_code,
            name,
        });
        let words = DivisionWords {
            above: vec!["江苏省".to_owned(), "常州市".to_owned()],
            former: vec![FormerDivision {
                codes: vec!["320405".to_owned()],
                names: vec!["戚墅堰区".to_owned()],
                text: Text::default(),
            }],
            ..DivisionWords::default()
        };
        let read = Divisions::of(&known).read(&words, typed);
        read.map_err(|refusal| refusal.key())
    }

    #[test]
    fn what_is_plainly_meant_is_read_and_the_rest_told() {
        for (typed, expect) in [
            ("320402", Ok("320402")),
            ("３２０４０２００５", Ok("320402005")),
            (" 320402005 ", Ok("320402005")),
            ("320412000000", Ok("320412")),
            ("320402005000", Ok("320402005")),
            ("320412 武进区", Ok("320412")),
            ("320412武进区", Ok("320412")),
            ("320412 天宁区", Err("division/unknown")),
            ("320412999", Err("division/unknown")),
            ("天宁区", Ok("320402")),
            ("江苏省常州市武进区", Ok("320412")),
            ("常州市武进区", Ok("320412")),
            ("江苏省 常州市 天宁区 天宁街道", Ok("320402005")),
            ("天宁区/天宁街道", Ok("320402005")),
            ("无锡市天宁区", Err("division/unknown")),
            ("武进", Err("division/near")),
            ("新河村", Err("division/near")),
            ("新河村村委会", Err("division/several")),
            ("320405", Err("division/former")),
            ("320405001", Err("division/former")),
            ("320405000000", Err("division/former")),
            ("戚墅堰区", Err("division/former")),
            ("江苏省常州市戚墅堰区", Err("division/former")),
            ("戚墅堰", Err("division/near")),
            ("戚墅堰区潞城街道", Err("division/former")),
            ("江苏省戚墅堰区潞城街道", Err("division/former")),
            ("320400", Ok("3204")),
            ("320400000000", Ok("3204")),
            ("320500", Err("division/unknown")),
        ] {
            assert_eq!(read(typed), expect.map(str::to_owned), "{typed}");
        }
    }
}
