//! Figures as the texts of clauses say them: whoever changes a figure is told of the text that still says the old one.

use std::collections::BTreeMap;

use crate::check::{Check, FactName};
use crate::figure::{Figure, Rate};
use crate::load::Mistake;
use crate::programme::{Standard, TargetAmount};
use crate::text::{Lang, Text};

/// A figure, and how a text writes one of its sort.
struct Spoken<'a> {
    values: Vec<Figure>,
    written: Written<'a>,
}

#[derive(Clone, Copy)]
enum Written<'a> {
    /// `90%`, `百分之九十`.
    Percentage,
    /// `一次`.
    Times,
    /// `300册`, of what is counted.
    Digits(&'a Text),
    /// `四星`, of what is graded.
    Grade(&'a Text),
    /// `1000`, of whatever.
    Number,
    /// `2015年`.
    Year,
}

/// The clauses whose texts say other percentages, or other numbers, than their figures. `standard_toml` is the text of the standard, which tells
/// the line.
pub(crate) fn examine(standard: &Standard, standard_toml: &str) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let mut tell = |clause: &str, text: &Text, figures: &[Spoken<'_>]| {
        told(&mut mistakes, standard_toml, (clause, text), figures);
    };
    for criterion in &standard.criteria {
        let mut figures = Vec::new();
        figures_of(standard, &criterion.check, &mut figures);
        // A title may ask for more, which the text of the clause says as well.
        let mentions = standard.titles.iter().flat_map(|title| &title.criteria);
        for mention in mentions.filter(|mention| mention.clause == criterion.clause) {
            figures_of(standard, &mention.check, &mut figures);
        }
        tell(&criterion.clause, &criterion.text, &figures);
    }
    for target in &standard.targets {
        let figure = match target.amount {
            TargetAmount::Share(rate) => one(Figure::Rate(rate), Written::Percentage),
            TargetAmount::Count(count) => one(Figure::Number(count), Written::Number),
        };
        tell(&target.clause, &target.name, &[figure]);
    }
    for reward in &standard.rewards {
        if let Some(change) = reward.subsidy_change_bp {
            let figure = one(
                Figure::Rate(hundredths(change.unsigned_abs())),
                Written::Percentage,
            );
            tell(&reward.clause, &reward.text, &[figure]);
        }
    }
    if let Some(equivalence) = &standard.equivalence {
        let year = u64::try_from(equivalence.given_until).unwrap_or(0);
        let figure = one(Figure::Number(year), Written::Year);
        tell(&equivalence.clause, &equivalence.text, &[figure]);
    }
    mistakes
}

fn one(figure: Figure, written: Written<'_>) -> Spoken<'_> {
    Spoken {
        values: vec![figure],
        written,
    }
}

/// Basis points as a rate that is shown without decimals where it has none.
fn hundredths(basis_points: u64) -> Rate {
    if basis_points.is_multiple_of(100) {
        return Rate {
            numerator: basis_points / 100,
            denominator: 100,
        };
    }
    Rate {
        numerator: basis_points,
        denominator: 10_000,
    }
}

/// Every figure that the text of its clause says otherwise, in either language.
fn told(
    mistakes: &mut Vec<Mistake>,
    standard_toml: &str,
    (clause, text): (&str, &Text),
    figures: &[Spoken<'_>],
) {
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for lang in Lang::ALL {
        for figure in figures {
            let said = said(text.get(lang), lang, figure.written);
            let is_said = figure
                .values
                .iter()
                .any(|value| said.iter().any(|said| same(said, value)));
            if said.is_empty() || is_said {
                continue;
            }
            let figure = figure.values.iter().map(shown).collect::<Vec<_>>();
            let said = said.iter().map(shown).collect::<Vec<_>>().join(", ");
            wrong.entry(figure.join(", ")).or_default().push(said);
        }
    }
    for (figure, said) in wrong {
        let (line, column) = place_of(standard_toml, clause);
        mistakes.push(Mistake {
            file: "standard.toml".to_owned(),
            line,
            column,
            message: format!(
                "the text of {clause} says {}, but its figure is {figure}: change the text with the figure, in both languages",
                said[0]
            ),
        });
    }
}

/// The figures of a sort that a text says.
fn said(text: &str, lang: Lang, written: Written<'_>) -> Vec<Figure> {
    let numbers = match written {
        Written::Percentage => {
            return percentages(text).into_iter().map(Figure::Rate).collect();
        }
        Written::Times => before(text, "次"),
        Written::Grade(unit) => before(text, unit.get(lang)),
        Written::Digits(unit) => digits_before(text, unit.get(lang)),
        Written::Number => numbers(text),
        Written::Year => {
            let mut years = numbers(text);
            years.retain(|year| (1900..2100).contains(year));
            years
        }
    };
    numbers.into_iter().map(Figure::Number).collect()
}

fn figures_of<'a>(standard: &'a Standard, check: &'a Check, figures: &mut Vec<Spoken<'a>>) {
    let mut add = |figure: &Figure, written: Option<Written<'a>>| {
        let values = values_of(standard, figure);
        figures.extend(written.map(|written| Spoken { values, written }));
    };
    let unit = |fact: &FactName| standard.facts.get(fact.index)?.unit.as_ref();
    match check {
        Check::Ratio { at_least, .. }
        | Check::Subordinates { at_least, .. }
        | Check::Rating { at_least, .. } => add(at_least, Some(Written::Percentage)),
        Check::Activities { at_least, .. } => add(at_least, Some(Written::Times)),
        Check::Count { fact, at_least } => add(at_least, unit(fact).map(Written::Digits)),
        Check::Level { fact, at_least } => add(at_least, unit(fact).map(Written::Grade)),
        Check::All(checks) | Check::Any(checks) => {
            for check in checks {
                figures_of(standard, check, figures);
            }
        }
        Check::When { when, then } => {
            figures_of(standard, when, figures);
            figures_of(standard, then, figures);
        }
        Check::Fact { .. } | Check::Term { .. } | Check::Held { .. } => {}
    }
}

/// The values of a figure, of all days.
fn values_of(standard: &Standard, figure: &Figure) -> Vec<Figure> {
    let Figure::Parameter(key) = figure else {
        return vec![figure.clone()];
    };
    let mut parameters = standard.parameters.iter();
    let parameter = parameters.find(|parameter| parameter.key == *key);
    parameter.map_or_else(Vec::new, |parameter| {
        let values = parameter.values.iter();
        values.map(|(_, value)| value.clone()).collect()
    })
}

fn same(one: &Figure, other: &Figure) -> bool {
    match (one, other) {
        (Figure::Rate(one), Figure::Rate(other)) => one.cmp(other).is_eq(),
        _ => one == other,
    }
}

fn shown(figure: &Figure) -> String {
    match figure {
        Figure::Rate(rate) => rate.to_string(),
        Figure::Number(number) => number.to_string(),
        Figure::Parameter(key) => key.clone(),
    }
}

/// `90%`, `90 %`, `90％`, `百分之九十`.
fn percentages(text: &str) -> Vec<Rate> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(['%', '％']) {
        let before = text[..at].trim_end();
        let is_part = |sign: char| sign.is_ascii_digit() || sign == '.';
        let number = &before[before.trim_end_matches(is_part).len()..];
        found.extend(format!("{number}%").parse::<Rate>().ok());
    }
    for (at, word) in text.match_indices("百分之") {
        let number = chinese_number(&text[at + word.len()..]);
        found.extend(number.and_then(|number| format!("{number}%").parse::<Rate>().ok()));
    }
    found
}

/// The numbers before a word: `12次`, `一次`, `两 次`.
fn before(text: &str, word: &str) -> Vec<u64> {
    let is_part = |sign: char| CHINESE.contains(&sign) || matches!(sign, '十' | '两');
    let chinese = parts_before(text, word)
        .filter_map(|before| chinese_number(&before[before.trim_end_matches(is_part).len()..]));
    let mut found = digits_before(text, word);
    found.extend(chinese);
    found
}

/// The numbers before a word that are written in digits: `300册`, `300 books`.
fn digits_before(text: &str, word: &str) -> Vec<u64> {
    let is_digit = |sign: char| sign.is_ascii_digit();
    let digits = parts_before(text, word).filter_map(|before| {
        before[before.trim_end_matches(is_digit).len()..]
            .parse()
            .ok()
    });
    digits.collect()
}

/// What stands before a word, each time that it is there.
fn parts_before<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = &'t str> {
    let places = text.match_indices(word).filter(move |_| !word.is_empty());
    places.map(move |(at, _)| text[..at].trim_end())
}

/// All numbers in digits: `1000`, `1,000`.
fn numbers(text: &str) -> Vec<u64> {
    text.split(|sign: char| !sign.is_ascii_digit() && sign != ',')
        .filter_map(|number| number.replace(',', "").parse().ok())
        .collect()
}

const CHINESE: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// A number below a hundred, or a hundred, at the beginning of a text: 九十五, 十二, 百.
fn chinese_number(text: &str) -> Option<u64> {
    let digit = |sign: char| match sign {
        '两' => Some(2),
        sign => CHINESE.iter().position(|known| *known == sign),
    };
    let (mut tens, mut units, mut has_any) = (0, None, false);
    for sign in text.chars() {
        if sign == '百' {
            return Some(100);
        }
        if sign == '十' {
            tens = units.take().unwrap_or(1);
        } else if let Some(digit) = digit(sign) {
            units = Some(digit);
        } else {
            break;
        }
        has_any = true;
    }
    let number = tens * 10 + units.unwrap_or(0);
    has_any.then_some(u64::try_from(number).ok()?)
}

/// Where a clause is defined: line and column from 1.
fn place_of(text: &str, clause: &str) -> (usize, usize) {
    let quoted = format!("\"{clause}\"");
    let is_there = |line: &str| line.trim_start().starts_with("clause") && line.contains(&quoted);
    // A parameter may name the clause before it is defined: the last place has its text.
    let place = text
        .lines()
        .collect::<Vec<_>>()
        .iter()
        .rposition(|line| is_there(line));
    (place.map_or(1, |place| place + 1), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_in_a_text() {
        let rates =
            |text: &str| -> Vec<String> { percentages(text).iter().map(Rate::to_string).collect() };
        assert_eq!(
            rates("办理率、使用率都达到80%，满意度 37.5 ％"),
            ["80%", "37.5%"]
        );
        assert_eq!(
            rates("达到百分之九十五，百分之百，百分之十"),
            ["95%", "100%", "10%"]
        );
        assert_eq!(rates("at least 90 % of workers"), ["90%"]);
        assert_eq!(rates("没有"), [""; 0]);
        assert_eq!(
            before("每季度至少开展一次，每年 12 次，两次，十二次", "次"),
            [12, 1, 2, 12]
        );
        assert_eq!(before("其次，多次", "次"), [0; 0]);
        assert_eq!(before("评模范要四星，评信赖要5星；星级", "星"), [5, 4]);
        assert_eq!(digits_before("一人一册，300 册以上", "册"), [300]);
        assert_eq!(numbers("2020年：1,000 homes，500个"), [2020, 1000, 500]);
    }
}
