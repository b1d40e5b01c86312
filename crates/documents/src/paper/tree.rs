//! The XML that a template gave, as elements that know where they come from.

use quick_xml::{
    XmlVersion,
    escape::resolve_xml_entity,
    events::{BytesRef, BytesStart, Event},
    reader::Reader,
};

use crate::paper::{
    fault::{Fault, Place},
    template::Rendered,
};

/// Elements within elements, at most.
const DEPTH: usize = 32;

#[derive(Debug)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
    pub place: Place,
}

#[derive(Debug)]
pub enum Node {
    Element(Element),
    Text(String),
}

/// The root element.
///
/// # Errors
/// If it is not well-formed XML with one root.
pub fn tree(rendered: &Rendered) -> Result<Element, Fault> {
    let mut reader = Reader::from_str(&rendered.xml);
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let start = byte(reader.buffer_position());
        let fault = |what: String, at: usize| Fault::Xml {
            place: rendered.place(at),
            what,
        };
        let event = reader
            .read_event()
            .map_err(|error| fault(error.to_string(), byte(reader.error_position())))?;
        match event {
            Event::Start(tag) => {
                if open.len() == DEPTH {
                    return Err(fault(
                        "too many elements within each other".to_owned(),
                        start,
                    ));
                }
                if root.is_some() {
                    return Err(fault("there is more than one paper".to_owned(), start));
                }
                let element = element(&tag, rendered.place(start));
                open.push(element.map_err(|what| fault(what, start))?);
            }
            Event::End(_) => {
                let Some(element) = open.pop() else {
                    return Err(fault(
                        "an element ends that did not begin".to_owned(),
                        start,
                    ));
                };
                match open.last_mut() {
                    Some(parent) => parent.children.push(Node::Element(element)),
                    None => root = Some(element),
                }
            }
            Event::Text(text) => add_text(&mut open, &text.xml10_content()),
            Event::CData(text) => add_text(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let resolved = resolved(&reference).map_err(|what| fault(what, start))?;
                add_text(&mut open, &resolved);
            }
            Event::Eof => break,
            // Empty elements come as a start and an end.
            Event::Empty(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
    }
    if let Some(element) = open.last() {
        return Err(Fault::Xml {
            place: element.place.clone(),
            what: format!("<{}> does not end", element.name),
        });
    }
    root.ok_or_else(|| Fault::Xml {
        place: rendered.place(0),
        what: "there is no paper".to_owned(),
    })
}

/// A position of the reader; a text that is in memory is shorter than `usize` counts.
fn byte(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn element(tag: &BytesStart<'_>, place: Place) -> Result<Element, String> {
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element {
        name: tag.name().as_ref().to_owned(),
        attributes,
        children: Vec::new(),
        place,
    })
}

fn resolved(reference: &BytesRef<'_>) -> Result<String, String> {
    if let Some(character) = reference
        .resolve_char_ref()
        .map_err(|error| error.to_string())?
    {
        return Ok(character.to_string());
    }
    let name = reference.xml10_content();
    resolve_xml_entity(&name)
        .map(str::to_owned)
        .ok_or_else(|| format!("&{name}; is no character"))
}

/// Adds to the text before: references divide a text into pieces.
fn add_text(open: &mut [Element], more: &str) {
    // Text outside of the root is white space, or refused with the next element.
    let Some(parent) = open.last_mut() else {
        return;
    };
    if let Some(Node::Text(text)) = parent.children.last_mut() {
        text.push_str(more);
    } else {
        parent.children.push(Node::Text(more.to_owned()));
    }
}
