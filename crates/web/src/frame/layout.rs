//! The parts of the layout that are the same on every page. Each is a template of its own: what stands in `layout.html` itself is compiled once more for every
//! page, which took half of the compile time of all pages.

use askama::Template;

use super::Frame;

/// From the beginning of the document to what a page refreshes itself by.
#[derive(Template)]
#[template(path = "layout/opening.html")]
pub struct Opening<'a> {
    frame: &'a Frame,
}

/// What every page links: its mark, its style, its script.
#[derive(Template)]
#[template(path = "layout/linked.html")]
pub struct Linked<'a> {
    frame: &'a Frame,
}

/// The head with the menu, and the beginning of the content.
#[derive(Template)]
#[template(path = "layout/header.html")]
pub struct Header<'a> {
    frame: &'a Frame,
}

/// What was just done, and what is to be read.
#[derive(Template)]
#[template(path = "layout/notices.html")]
pub struct Notices<'a> {
    frame: &'a Frame,
}

/// The help of the page, which the layout closes.
#[derive(Template)]
#[template(path = "layout/help_section.html")]
pub struct HelpSection<'a> {
    frame: &'a Frame,
}

#[derive(Template)]
#[template(path = "layout/foot.html")]
pub struct Foot<'a> {
    frame: &'a Frame,
}

impl Frame {
    pub fn opening(&self) -> Opening<'_> {
        Opening { frame: self }
    }

    pub fn linked(&self) -> Linked<'_> {
        Linked { frame: self }
    }

    pub fn header(&self) -> Header<'_> {
        Header { frame: self }
    }

    pub fn notices(&self) -> Notices<'_> {
        Notices { frame: self }
    }

    /// Whether there is anything to say, or anybody to ask.
    pub fn has_help(&self) -> bool {
        !self.help_words().is_empty() || !self.help.contact.name.is_empty()
    }

    pub fn help_section(&self) -> HelpSection<'_> {
        HelpSection { frame: self }
    }

    pub fn foot(&self) -> Foot<'_> {
        Foot { frame: self }
    }
}
