//! The sum of a subsidy in words: `10,000.00 + 40%（R3，信赖职工之家 2017）= 14,000.00`.

use std::cmp::Ordering;

use crate::programme::Standard;
use crate::programme::subsidy::{BaseRule, PartYear, RoundingHow, SubsidyScheme};
use crate::subsidy::{BaseFact, Basis, Reckoned, Term};
use crate::text::{Lang, Text};

/// The sum written out in both languages.
pub fn sum(standard: &Standard, scheme: &SubsidyScheme, reckoned: &Reckoned) -> Text {
    let in_words = |lang| sum_in(standard, scheme, reckoned, lang);
    Text {
        zh: in_words(Lang::Zh),
        en: in_words(Lang::En),
    }
}

fn sum_in(standard: &Standard, scheme: &SubsidyScheme, reckoned: &Reckoned, lang: Lang) -> String {
    let counted: Vec<&Term> = reckoned
        .terms
        .iter()
        .filter(|term| term.counted > 0)
        .collect();
    let mut words = base(standard, scheme, reckoned, lang);
    for term in &counted {
        let change = change(term, term.counted, lang);
        let basis = basis(standard, term, lang);
        words.push_str(&match lang {
            Lang::Zh => format!(" {change}（{}，{basis}）", term.clause),
            Lang::En => format!(" {change} ({}, {basis})", term.clause),
        });
    }
    match reckoned.amount_fen {
        None => words.push_str(match lang {
            Lang::Zh => "，金额还不知道",
            Lang::En => "; the amount is not known yet",
        }),
        Some(fen) if !counted.is_empty() || reckoned.is_rounded => {
            let is_spaced = lang == Lang::En || counted.is_empty();
            words.push_str(if is_spaced { " = " } else { "= " });
            words.push_str(&yuan(fen));
        }
        Some(_) => {}
    }
    if reckoned.is_rounded {
        words.push_str(&rounded(scheme, lang));
    }
    for term in reckoned.terms.iter().filter(|term| term.suspended > 0) {
        words.push_str(&suspended(standard, term, lang));
    }
    words
}

/// What it starts from.
fn base(standard: &Standard, scheme: &SubsidyScheme, reckoned: &Reckoned, lang: Lang) -> String {
    let fact_name = |fact: &str| {
        let fact = standard.fact(fact).map(|fact| fact.name.get(lang));
        fact.unwrap_or_default().to_owned()
    };
    match (&scheme.base, reckoned.base, reckoned.base_fen) {
        (BaseRule::Counted { each_fen, fact, .. }, BaseFact::Counted(Some(count)), Some(fen)) => {
            let plain = each_fen.saturating_mul(i64::try_from(count).unwrap_or(i64::MAX));
            let bound = match (plain.cmp(&fen), lang) {
                (Ordering::Less, Lang::Zh) => "，按最低数 ",
                (Ordering::Less, Lang::En) => ", by the floor ",
                (Ordering::Greater, Lang::Zh) => "，按最高数 ",
                (Ordering::Greater, Lang::En) => ", by the ceiling ",
                (Ordering::Equal, _) => "",
            };
            let (name, each) = (fact_name(fact), yuan(*each_fen));
            let times = format!("{name} {count} × {each} = {}", yuan(plain));
            match bound {
                "" => times,
                bound => format!("{times}{bound}{}", yuan(fen)),
            }
        }
        (_, _, Some(fen)) => yuan(fen),
        (BaseRule::Counted { fact, .. }, _, None) => match lang {
            Lang::Zh => format!("基数还不知道（年度表没有“{}”）", fact_name(fact)),
            Lang::En => format!(
                "base not known (“{}” is missing in the year sheet)",
                fact_name(fact)
            ),
        },
        (BaseRule::Recorded, _, None) => match lang {
            Lang::Zh => "基数还没有登记".to_owned(),
            Lang::En => "base not recorded".to_owned(),
        },
    }
}

/// `+ 40%`, or `+ 40% × 6/12` for a part of the year.
fn change(term: &Term, parts: u32, lang: Lang) -> String {
    let sign = if term.change_bp < 0 { '−' } else { '+' };
    let rate = percent(term.change_bp, lang);
    match parts == term.of {
        true => format!("{sign} {rate}"),
        false => format!("{sign} {rate} × {parts}/{}", term.of),
    }
}

/// What the term stands on.
fn basis(standard: &Standard, term: &Term, lang: Lang) -> String {
    match (&term.basis, lang) {
        (Basis::Title { title, year, .. }, _) => {
            let name = standard
                .title(title)
                .map_or(title.as_str(), |title| title.name.get(lang));
            format!("{name} {year}")
        }
        (Basis::Finding { year, .. }, Lang::Zh) => format!("{year}年抽查未达标"),
        (Basis::Finding { year, .. }, Lang::En) => format!("found short in {year}"),
    }
}

/// That an increase (or a cut) was in force and did not count.
fn suspended(standard: &Standard, term: &Term, lang: Lang) -> String {
    let (change, basis) = (
        change(term, term.suspended, lang),
        basis(standard, term, lang),
    );
    let is_increase = term.change_bp > 0;
    match lang {
        Lang::Zh => format!(
            "；{change}（{}，{basis}）因同时{}，暂停",
            term.clause,
            if is_increase { "下调" } else { "上浮" }
        ),
        Lang::En => format!(
            "; {change} ({}, {basis}) is suspended while the {} holds",
            term.clause,
            if is_increase { "cut" } else { "increase" }
        ),
    }
}

fn rounded(scheme: &SubsidyScheme, lang: Lang) -> String {
    let to = yuan(scheme.rounding.to_fen);
    match (lang, scheme.rounding.how) {
        (Lang::Zh, RoundingHow::HalfUp) => format!("（四舍五入到 {to} 元）"),
        (Lang::Zh, RoundingHow::Down) => format!("（去尾到 {to} 元）"),
        (Lang::Zh, RoundingHow::Up) => format!("（进位到 {to} 元）"),
        (Lang::En, RoundingHow::HalfUp) => format!(" (rounded to {to} yuan)"),
        (Lang::En, RoundingHow::Down) => format!(" (rounded down to {to} yuan)"),
        (Lang::En, RoundingHow::Up) => format!(" (rounded up to {to} yuan)"),
    }
}

/// What a scheme's effects do, a line each, for pages and the command line.
pub fn changes(standard: &Standard, scheme: &SubsidyScheme, lang: Lang) -> Vec<String> {
    let part = match (scheme.part_year, lang) {
        (PartYear::Days, Lang::Zh) => "按日",
        (PartYear::Months, Lang::Zh) => "按月",
        (PartYear::Years, Lang::Zh) => "按年",
        (PartYear::Days, Lang::En) => "by days",
        (PartYear::Months, Lang::En) => "by months",
        (PartYear::Years, Lang::En) => "by years",
    };
    let line = |effect: &crate::programme::subsidy::EffectRule| {
        let sign = if effect.change_bp < 0 { '−' } else { '+' };
        let names = effect
            .titles
            .iter()
            .filter_map(|title| standard.title(title));
        let names: Vec<&str> = names.map(|title| title.name.get(lang)).collect();
        let what = match (names.is_empty(), lang) {
            (false, Lang::Zh) => names.join("、"),
            (false, Lang::En) => names.join(", "),
            (true, Lang::Zh) => "抽查未达标".to_owned(),
            (true, Lang::En) => "found short by a spot check".to_owned(),
        };
        let rate = percent(effect.change_bp, lang);
        match lang {
            Lang::Zh => format!("{what}：{sign}{rate}，{part}计（{}）", effect.clause),
            Lang::En => format!("{what}: {sign}{rate}, {part} ({})", effect.clause),
        }
    };
    scheme.effects.iter().map(line).collect()
}

/// Basis points as a percentage without a sign: `40%`, `12.5%`.
fn percent(change_bp: i64, lang: Lang) -> String {
    let points = change_bp.unsigned_abs();
    let number = match (points / 100, points % 100) {
        (whole, 0) => whole.to_string(),
        (whole, rest) if rest.is_multiple_of(10) => format!("{whole}.{}", rest / 10),
        (whole, rest) => format!("{whole}.{rest:02}"),
    };
    match lang {
        Lang::Zh => format!("{number}%"),
        Lang::En => format!("{number} %"),
    }
}

/// Fen as yuan: `10,000.00`.
pub fn yuan(fen: i64) -> String {
    let (sign, fen) = (if fen < 0 { "−" } else { "" }, fen.unsigned_abs());
    let digits = (fen / 100).to_string();
    let mut whole = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            whole.push(',');
        }
        whole.push(digit);
    }
    format!("{sign}{whole}.{:02}", fen % 100)
}
