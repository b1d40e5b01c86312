//! Codes, pictures that are handed in, and charts.

use std::sync::Arc;

use crate::paper::{
    block::{Align, Block, Inline, Picture, Shown},
    chart::{self, Bar},
    code::code,
    fault::Fault,
    reading::{
        Reading,
        attribute::{align, attribute, children, known, number, required, wrong},
        inline::{inlines, printable},
    },
    tree::Element,
};

pub(super) fn qr(element: &Element, reading: &mut Reading<'_>) -> Result<Block, Fault> {
    known(element, &["text", "size", "alt", "align"])?;
    let text = required(element, "text")?;
    let picture = code(text).ok_or_else(|| Fault::TooLongForCode {
        place: element.place.clone(),
        length: text.len(),
    })?;
    let name = format!("code {text}");
    reading.pictures.insert(name.clone(), Arc::new(picture));
    let size_mm = number(element, "size", Some(28.0))?;
    Ok(Block::Picture(Shown {
        name,
        alt: required(element, "alt")?.to_owned(),
        width_mm: size_mm,
        height_mm: size_mm,
        align: align(element)?.unwrap_or(Align::Left),
        caption: inlines(element)?,
    }))
}

pub(super) fn image(element: &Element, reading: &mut Reading<'_>) -> Result<Block, Fault> {
    known(element, &["name", "width", "height", "alt", "align"])?;
    let name = required(element, "name")?;
    let Some(picture) = reading.handed_in.get(name) else {
        return Err(Fault::NoPicture {
            place: element.place.clone(),
            name: name.to_owned(),
        });
    };
    reading.pictures.insert(name.to_owned(), picture.clone());
    shown(element, name.to_owned(), picture, inlines(element)?)
}

/// A picture within the given box, in its own proportions.
fn shown(
    element: &Element,
    name: String,
    picture: &Picture,
    caption: Vec<Inline>,
) -> Result<Block, Fault> {
    let (width, height) = picture.size();
    let most = (
        number(element, "width", Some(80.0))?,
        number(element, "height", Some(180.0))?,
    );
    let scale = (most.0 / f64::from(width)).min(most.1 / f64::from(height));
    Ok(Block::Picture(Shown {
        name,
        alt: required(element, "alt")?.to_owned(),
        width_mm: f64::from(width) * scale,
        height_mm: f64::from(height) * scale,
        align: align(element)?.unwrap_or(Align::Center),
        caption,
    }))
}

pub(super) fn chart(element: &Element, reading: &mut Reading<'_>) -> Result<Block, Fault> {
    known(element, &["kind", "width", "height", "alt", "align"])?;
    let bars: Vec<Bar> = children(element, &["bar"])?
        .into_iter()
        .map(bar)
        .collect::<Result<_, _>>()?;
    if bars.len() > chart::BARS_AT_MOST {
        let what = format!(
            "a chart has at most {} bars; divide them with batch",
            chart::BARS_AT_MOST
        );
        return Err(wrong(element, what));
    }
    let picture = match attribute(element, "kind") {
        None | Some("bars") => chart::bars(&bars),
        Some("columns") => chart::columns(&bars),
        Some(_) => return Err(wrong(element, "kind is bars or columns".to_owned())),
    };
    // Every chart is a picture of its own, so that the number of pictures names it.
    let name = format!("chart {}", reading.pictures.len());
    let block = shown(element, name.clone(), &picture, Vec::new())?;
    reading.pictures.insert(name, Arc::new(picture));
    Ok(block)
}

fn bar(element: &Element) -> Result<Bar, Fault> {
    known(element, &["label", "value", "shown"])?;
    children(element, &[])?;
    let text = |name: &str| attribute(element, name).unwrap_or_default().trim();
    let value = match text("value") {
        "" => None,
        value => Some(
            value
                .parse()
                .ok()
                .filter(|value: &f64| value.is_finite() && *value >= 0.0)
                .ok_or_else(|| {
                    let what = format!("value={value:?} is no number from zero up");
                    wrong(element, what)
                })?,
        ),
    };
    Ok(Bar {
        label: printable(text("label")),
        value,
        shown: printable(text("shown")),
    })
}
