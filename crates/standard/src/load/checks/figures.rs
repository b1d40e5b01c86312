//! Parsing the figures of checks, and reporting those that can never be met.

use toml::Spanned;
use toml::de::DeValue;

use crate::figure::{Figure, Rate};
use crate::load::names::Names;
use crate::load::reader::{Ledger, Section, Spelled, number, spelled};

/// The rate of `at_least`; over 100 % of what can't be exceeded can never be met.
pub(crate) fn rate(names: &Names, section: &Section<'_>, capped: bool) -> Option<Figure> {
    let value = section.required("at_least")?;
    let (figure, resolved) = read_figure(names, section.ledger, value)?;
    let at = value.span().start;
    match resolved {
        Some(Figure::Rate(rate)) => {
            if capped && rate.exceeds_whole() {
                section.ledger.add(
                    at,
                    format!(
                        "can never be met: the rate can't exceed 100%, the check asks for {rate}"
                    ),
                );
            }
            if rate.numerator == 0 {
                section
                    .ledger
                    .add(at, "always met: the rate asked for is 0%");
            }
            Some(figure)
        }
        Some(_) => {
            section
                .ledger
                .add(at, "`at_least` must be a percentage such as \"85%\"");
            None
        }
        None => Some(figure),
    }
}

pub(crate) fn whole_number(
    names: &Names,
    ledger: &Ledger<'_>,
    value: &Spanned<DeValue<'_>>,
) -> Option<(Figure, Option<u64>)> {
    let (figure, resolved) = read_figure(names, ledger, value)?;
    match resolved {
        Some(Figure::Number(number)) => Some((figure, Some(number))),
        Some(_) => {
            ledger.add(value.span().start, "`at_least` must be a whole number");
            None
        }
        None => Some((figure, None)),
    }
}

/// A figure and, for a parameter, its first value; if it is `None`, an unknown parameter has been reported.
fn read_figure(
    names: &Names,
    ledger: &Ledger<'_>,
    value: &Spanned<DeValue<'_>>,
) -> Option<(Figure, Option<Figure>)> {
    match figure(value) {
        Ok(Figure::Parameter(key)) => {
            names.used_parameters.borrow_mut().insert(key.clone());
            let Some((_, resolved)) = names.parameters.get(&key) else {
                let name = Spelled {
                    word: key,
                    at: value.span().start,
                };
                names.unknown(ledger, "parameter", &name, names.parameters.keys());
                return None;
            };
            Some((Figure::Parameter(key), resolved.clone()))
        }
        Ok(figure) => Some((figure.clone(), Some(figure))),
        Err(message) => {
            ledger.add(value.span().start, message);
            None
        }
    }
}

/// A figure as written: a percentage, a whole number or a parameter.
pub(crate) fn figure(value: &Spanned<DeValue<'_>>) -> Result<Figure, String> {
    match value.get_ref() {
        DeValue::String(words) => words
            .parse::<Rate>()
            .map(Figure::Rate)
            .map_err(|wrong| format!("{wrong}, not \"{words}\"")),
        DeValue::Integer(_) => number(value)
            .map(Figure::Number)
            .ok_or_else(|| "a number can't be negative".to_owned()),
        DeValue::Table(table) => {
            let parameter = table.get("parameter").and_then(spelled);
            match parameter {
                Some(parameter) if table.len() == 1 => Ok(Figure::Parameter(parameter.word)),
                _ => Err("a figure in braces is { parameter = \"key\" }".to_owned()),
            }
        }
        _ => Err(
            "a figure is a percentage such as \"85%\", a whole number, or { parameter = \"key\" }"
                .to_owned(),
        ),
    }
}
