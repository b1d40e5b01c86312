//! Figures as the texts of clauses say them: whoever changes a figure is told of the text that still says the old one.

use std::collections::BTreeMap;

use crate::check::Check;
use crate::figure::{Figure, Rate};
use crate::load::Mistake;
use crate::programme::{Standard, TargetAmount};
use crate::text::Text;

/// The clauses whose texts say other percentages, or other numbers of times, than their figures. `standard_toml` is the text of the standard, which
/// tells the line.
pub(crate) fn examine(standard: &Standard, standard_toml: &str) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for criterion in &standard.criteria {
        let mut figures = Vec::new();
        figures_of(&criterion.check, &mut figures);
        let values = figures.iter().map(|figure| values_of(standard, figure));
        let values: Vec<Vec<Figure>> = values.collect();
        told(
            &mut mistakes,
            standard_toml,
            (&criterion.clause, &criterion.text),
            &values,
        );
    }
    for target in &standard.targets {
        if let TargetAmount::Share(rate) = target.amount {
            let values = [vec![Figure::Rate(rate)]];
            told(
                &mut mistakes,
                standard_toml,
                (&target.clause, &target.name),
                &values,
            );
        }
    }
    mistakes
}

/// Every figure that the text of its clause says otherwise, in either language.
fn told(
    mistakes: &mut Vec<Mistake>,
    standard_toml: &str,
    (clause, text): (&str, &Text),
    figures: &[Vec<Figure>],
) {
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for text in [&text.zh, &text.en] {
        let (rates, times) = (percentages(text), times(text));
        for values in figures {
            let is_rate = matches!(values.first(), Some(Figure::Rate(_)));
            let said: Vec<Figure> = if is_rate {
                rates.iter().copied().map(Figure::Rate).collect()
            } else {
                times.iter().copied().map(Figure::Number).collect()
            };
            let is_said = values
                .iter()
                .any(|value| said.iter().any(|said| same(said, value)));
            if said.is_empty() || is_said {
                continue;
            }
            let figure = values.iter().map(shown).collect::<Vec<_>>().join(", ");
            let said = said.iter().map(shown).collect::<Vec<_>>().join(", ");
            wrong.entry(figure).or_default().push(said);
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

fn figures_of<'a>(check: &'a Check, figures: &mut Vec<&'a Figure>) {
    match check {
        Check::Ratio { at_least, .. }
        | Check::Count { at_least, .. }
        | Check::Activities { at_least, .. }
        | Check::Subordinates { at_least, .. }
        | Check::Rating { at_least, .. } => figures.push(at_least),
        Check::All(checks) | Check::Any(checks) => {
            for check in checks {
                figures_of(check, figures);
            }
        }
        Check::When { when, then } => {
            figures_of(when, figures);
            figures_of(then, figures);
        }
        // A level is a number of its own kind, and the others have none.
        Check::Level { .. } | Check::Fact { .. } | Check::Term { .. } | Check::Held { .. } => {}
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

/// `12次`, `一次`, `两 次`.
fn times(text: &str) -> Vec<u64> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('次') {
        let before = text[..at].trim_end();
        let digits = &before[before
            .trim_end_matches(|sign: char| sign.is_ascii_digit())
            .len()..];
        if let Ok(number) = digits.parse() {
            found.push(number);
            continue;
        }
        let is_part = |sign: char| CHINESE.contains(&sign) || matches!(sign, '十' | '两');
        found.extend(chinese_number(
            &before[before.trim_end_matches(is_part).len()..],
        ));
    }
    found
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
            times("每季度至少开展一次，每年 12 次，两次，十二次"),
            [1, 12, 2, 12]
        );
        assert_eq!(times("其次，多次"), [0; 0]);
    }
}
