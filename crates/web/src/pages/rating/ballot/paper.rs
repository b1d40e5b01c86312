//! The paper to fill in and the last look before it counts: pages that are as long for one choice as for another.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse},
};
use jianjia_app::rating::ballot::Paper;
use jianjia_domain::rating::poll::ballot::{self, SUGGESTION_BYTES};
use jianjia_standard::programme::Grade;

use crate::{
    form::NamelessForm,
    frame::Frame,
    page::{PageError, PageResult},
};

/// The paper to fill in.
#[derive(Template)]
#[template(path = "rating/ballot/paper.html")]
pub(super) struct PaperPage {
    pub(super) frame: Frame,
    pub(super) kiosk: String,
    pub(super) paper: Paper,
    /// A mark for each object.
    pub(super) chosen: Vec<char>,
    pub(super) suggestion: String,
    pub(super) problem: Option<String>,
}

impl PaperPage {
    /// The grades in their order, each with its mark.
    fn grades(&self) -> Vec<(char, &Grade)> {
        let marks = marks_of(&self.paper).into_iter();
        marks.zip(&self.paper.grades).collect()
    }

    fn is_chosen(&self, object: &usize, mark: &char) -> bool {
        self.chosen.get(*object) == Some(mark)
    }

    fn is_blank(&self, object: &usize) -> bool {
        self.is_chosen(object, &ballot::mark(None))
    }

    fn most_characters(&self) -> usize {
        SUGGESTION_BYTES / 3
    }

    fn filled(&self) -> usize {
        SUGGESTION_SENT
    }

    fn filler(&self) -> String {
        filler(&self.suggestion)
    }

    /// The page, as long as it is for every choice.
    pub(super) fn level(self, status: StatusCode) -> PageResult {
        let shown = rendered(&self)?;
        let objects = self.paper.objects.len();
        let blank = PaperPage {
            chosen: vec![ballot::mark(None); objects],
            suggestion: String::new(),
            ..self
        };
        Ok((status, Html(level(shown, &rendered(&blank)?, objects))).into_response())
    }
}

/// The last look before it counts.
#[derive(Template)]
#[template(path = "rating/ballot/confirm.html")]
pub(super) struct Confirm {
    pub(super) frame: Frame,
    pub(super) kiosk: String,
    pub(super) paper: Paper,
    /// A mark for each object.
    pub(super) chosen: Vec<char>,
    pub(super) suggestion: String,
}

impl Confirm {
    /// Object and grade; none for a blank.
    fn lines(&self) -> Vec<(&str, Option<&str>)> {
        let marks = marks_of(&self.paper);
        let objects = self.paper.objects.iter().zip(&self.chosen);
        objects
            .map(|(object, mark)| {
                let place = marks.iter().position(|known| known == mark);
                let grade = place.and_then(|place| self.paper.grades.get(place));
                (
                    self.frame.text(&object.name),
                    grade.map(|grade| self.frame.text(&grade.name)),
                )
            })
            .collect()
    }

    fn blanks(&self) -> usize {
        let blank = ballot::mark(None);
        self.chosen.iter().filter(|mark| **mark == blank).count()
    }

    fn filler(&self) -> String {
        filler(&self.suggestion)
    }

    /// The page, as long as it is for every choice.
    pub(super) fn level(self) -> PageResult {
        let shown = rendered(&self)?;
        let objects = self.paper.objects.len();
        let blank = Confirm {
            chosen: vec![ballot::mark(None); objects],
            suggestion: String::new(),
            ..self
        };
        Ok(Html(level(shown, &rendered(&blank)?, objects)).into_response())
    }
}

/// The marks of a paper's grades, in their order.
fn marks_of(paper: &Paper) -> Vec<char> {
    (0..paper.grades.len())
        .map(|place| ballot::mark(u8::try_from(place).ok()))
        .collect()
}

/// The most bytes of a suggestion as a browser sends it, and how many a suggestion and its filler come to in every form that carries a vote.
const SUGGESTION_SENT: usize = 3 * SUGGESTION_BYTES;

/// What makes a form as long with a suggestion as without.
fn filler(suggestion: &str) -> String {
    let lines = suggestion.replace("\r\n", "\n").replace('\r', "\n");
    let sent: usize = form_urlencoded::byte_serialize(lines.replace('\n', "\r\n").as_bytes())
        .map(str::len)
        .sum();
    "0".repeat(SUGGESTION_SENT.saturating_sub(sent))
}

/// More than the longest answer to an object needs on a page.
const OBJECT_ROOM: usize = 512;

/// More than the longest suggestion needs on a page, shown and in a field, each of its characters escaped; and the notice of blanks.
const TEXT_ROOM: usize = 2 * 5 * SUGGESTION_BYTES + 1024;

/// Over a connection that hides all but lengths, a page with choices would tell them by its own: so it is filled up, and not compressed
/// (`visit::finished`). How far depends on the page as it is when nothing is chosen, and on how much is asked.
fn level(mut shown: String, blank: &str, objects: usize) -> String {
    const AROUND: usize = "<!---->".len();
    let mut wanted = blank.len() + objects * OBJECT_ROOM + TEXT_ROOM;
    // Longer only with a suggestion that is not taken: rounded up then.
    if shown.len() + AROUND > wanted {
        wanted = (shown.len() + AROUND).next_multiple_of(TEXT_ROOM);
    }
    let missing = wanted - shown.len() - AROUND;
    shown.reserve_exact(missing + AROUND);
    let end = shown.rfind("</html>").unwrap_or(shown.len());
    let end = shown.split_off(end);
    shown.push_str("<!--");
    shown.extend(std::iter::repeat_n('0', missing));
    shown.push_str("-->");
    shown.push_str(&end);
    shown
}

fn rendered(template: &impl Template) -> Result<String, PageError> {
    Ok(template.render().map_err(anyhow::Error::from)?)
}

/// What was chosen for each object of the paper, as a mark. What is no grade is shown as a blank.
pub(super) fn chosen(form: &NamelessForm, paper: &Paper) -> Vec<char> {
    (0..paper.objects.len())
        .map(|object| {
            let answer = ballot::answer(&paper.grades, form.field(&format!("object{object}")));
            ballot::mark(answer.unwrap_or_default())
        })
        .collect()
}
