//! Attributes and children, as the elements know them.

use crate::paper::{
    block::{Align, Date},
    fault::Fault,
    tree::{Element, Node},
};

pub(super) fn wrong(element: &Element, what: String) -> Fault {
    Fault::Block {
        place: element.place.clone(),
        what,
    }
}

pub(super) fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element
        .attributes
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

pub(super) fn required<'a>(element: &'a Element, name: &str) -> Result<&'a str, Fault> {
    attribute(element, name)
        .filter(|value| !value.trim().is_empty())
        .ok_or_else(|| wrong(element, format!("<{}> lacks {name}=\"…\"", element.name)))
}

/// Refuses an attribute that the element does not have.
pub(super) fn known(element: &Element, names: &[&str]) -> Result<(), Fault> {
    match element
        .attributes
        .iter()
        .find(|(name, _)| !names.contains(&name.as_str()))
    {
        None => Ok(()),
        Some((name, _)) => Err(wrong(
            element,
            format!("<{}> has no attribute {name}", element.name),
        )),
    }
}

pub(super) fn flag(element: &Element, name: &str) -> Result<bool, Fault> {
    match attribute(element, name) {
        None | Some("no") => Ok(false),
        Some("yes") => Ok(true),
        Some(_) => Err(wrong(element, format!("{name} is yes or no"))),
    }
}

pub(super) fn number(element: &Element, name: &str, otherwise: Option<f64>) -> Result<f64, Fault> {
    let Some(text) = attribute(element, name) else {
        return otherwise
            .ok_or_else(|| wrong(element, format!("<{}> lacks {name}=\"…\"", element.name)));
    };
    text.parse()
        .ok()
        .filter(|number| (0.0..=2_000.0).contains(number))
        .ok_or_else(|| {
            wrong(
                element,
                format!("{name}={text:?} is no number from 0 to 2000"),
            )
        })
}

pub(super) fn align(element: &Element) -> Result<Option<Align>, Fault> {
    Ok(Some(match attribute(element, "align") {
        None => return Ok(None),
        Some("both") => Align::Both,
        Some("left") => Align::Left,
        Some("center") => Align::Center,
        Some("right") => Align::Right,
        Some(_) => {
            let what = "align is both, left, center or right".to_owned();
            return Err(wrong(element, what));
        }
    }))
}

/// The children of these names, in order; anything else is refused.
pub(super) fn children<'a>(
    element: &'a Element,
    names: &[&str],
) -> Result<Vec<&'a Element>, Fault> {
    let mut found = Vec::new();
    for child in &element.children {
        match child {
            Node::Element(child) if names.contains(&child.name.as_str()) => found.push(child),
            Node::Element(child) => {
                return Err(wrong(
                    child,
                    format!("<{}> does not belong into <{}>", child.name, element.name),
                ));
            }
            Node::Text(text) if text.trim().is_empty() => {}
            Node::Text(_) => {
                let what = format!("text does not belong into <{}>", element.name);
                return Err(wrong(element, what));
            }
        }
    }
    Ok(found)
}

pub(super) fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let date = Date {
        year: parts.next()?.parse().ok()?,
        month: parts.next()?.parse().ok()?,
        day: parts.next()?.parse().ok()?,
    };
    let is_day = (1..=12).contains(&date.month) && (1..=31).contains(&date.day);
    (parts.next().is_none() && is_day).then_some(date)
}
