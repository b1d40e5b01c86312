//! Voting by slip, on a phone or at the union's shared tablet: type or scan, choose, a last look, thanks. Nothing of it is kept but the ballot:
//! no cookie, no account, no script, and no page that shows a choice together with a slip.

use std::{borrow::Cow, sync::Arc};

use anyhow::anyhow;
use askama::Template;
use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use jianjia_app::{
    core::{app::App, error::Error},
    rating::{
        ballot::{self as ballots, Paper, Slip, VoteInput},
        poll::{self as polls, Heading},
    },
};
use jianjia_domain::{
    core::ids::PollId,
    rating::poll::{
        ballot::{self, MOST_OBJECTS, SUGGESTION_BYTES},
        refusal::PollRefusal,
        slip::SlipRefusal,
    },
};
use jianjia_standard::programme::Grade;

use crate::{
    form::{NamelessForm, UnreadForm},
    frame::Frame,
    measures::Measures,
    page::{PageError, PageResult, page, see_other, unprocessable},
    pages::year::sheet::read_id,
    routes::{Access, Route},
    visit::Visiting,
    voting::NotKept,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/v", Access::Public, enter),
        Route::post("/v", Access::Public, typed),
        Route::get("/v/why", Access::Public, why),
        Route::get("/v/thanks", Access::Public, thanks),
        Route::get("/v/confirm", Access::Public, to_the_start),
        Route::post("/v/confirm", Access::Public, confirm),
        Route::get("/v/cast", Access::Public, to_the_start),
        Route::post("/v/cast", Access::Public, cast),
        Route::get("/v/{code}", Access::Public, scanned),
        Route::get("/kiosk/{poll}", Access::Public, kiosk),
        Route::get("/kiosk/{poll}/thanks", Access::Public, kiosk_thanks),
    ]
}

/// The slip's code is typed. At the shared tablet `kiosk` is its poll, elsewhere empty; all pages of voting carry it on.
#[derive(Template)]
#[template(path = "rating/ballot/enter.html")]
struct Enter {
    frame: Frame,
    kiosk: String,
    heading: Option<Heading>,
    typed: String,
    problem: Option<String>,
}

/// The paper to fill in.
#[derive(Template)]
#[template(path = "rating/ballot/paper.html")]
struct PaperPage {
    frame: Frame,
    kiosk: String,
    paper: Paper,
    /// A mark for each object.
    chosen: Vec<char>,
    suggestion: String,
    problem: Option<String>,
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
    fn level(self, status: StatusCode) -> PageResult {
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
struct Confirm {
    frame: Frame,
    kiosk: String,
    paper: Paper,
    /// A mark for each object.
    chosen: Vec<char>,
    suggestion: String,
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
    fn level(self) -> PageResult {
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
/// (`visit::middleware`). How far depends on the page as it is when nothing is chosen, and on how much is asked.
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

/// Why there is no voting with this slip.
#[derive(Template)]
#[template(path = "rating/ballot/told.html")]
struct Told {
    frame: Frame,
    kiosk: String,
    is_used: bool,
    sentence: String,
}

#[derive(Template)]
#[template(path = "rating/ballot/thanks.html")]
struct Thanks {
    frame: Frame,
    kiosk: String,
}

#[derive(Template)]
#[template(path = "rating/ballot/why.html")]
struct Why {
    frame: Frame,
}

async fn enter(frame: Frame) -> PageResult {
    page(&Enter {
        frame,
        kiosk: String::new(),
        heading: None,
        typed: String::new(),
        problem: None,
    })
}

async fn kiosk(State(app): State<App>, frame: Frame, Path(poll): Path<String>) -> PageResult {
    let heading = polls::heading(&app, &read_id(&poll)?).await?;
    page(&Enter {
        frame,
        kiosk: heading.poll.to_string(),
        heading: Some(heading),
        typed: String::new(),
        problem: None,
    })
}

async fn why(frame: Frame) -> PageResult {
    page(&Why { frame })
}

async fn thanks(frame: Frame) -> PageResult {
    let kiosk = String::new();
    page(&Thanks { frame, kiosk })
}

async fn kiosk_thanks(frame: Frame, Path(poll): Path<String>) -> PageResult {
    let poll: PollId = read_id(&poll)?;
    page(&Thanks {
        frame,
        kiosk: poll.to_string(),
    })
}

async fn to_the_start() -> PageResult {
    see_other("/v")
}

async fn scanned(State(app): State<App>, frame: Frame, Path(code): Path<String>) -> PageResult {
    match ballots::slip(&app, &code).await? {
        Slip::Paper(paper) => PaperPage {
            chosen: chosen(&NamelessForm::default(), &paper),
            suggestion: String::new(),
            kiosk: String::new(),
            problem: None,
            paper,
            frame,
        }
        .level(StatusCode::OK),
        Slip::Counted(poll) => see_other(&format!("/ratings/{poll}")),
        Slip::Refused(refused) => page(&told(frame, String::new(), refused)),
    }
}

/// Shows the paper of a typed code; also the way back from the last look, with what was chosen.
async fn typed(State(app): State<App>, frame: Frame, form: NamelessForm) -> PageResult {
    match slip(&app, &frame, &form).await? {
        Ok(paper) => PaperPage {
            chosen: chosen(&form, &paper),
            suggestion: form.field("suggestion").to_owned(),
            kiosk: form.field("kiosk").to_owned(),
            problem: None,
            paper,
            frame,
        }
        .level(StatusCode::OK),
        Err(answer) => Ok(answer),
    }
}

async fn confirm(State(app): State<App>, frame: Frame, form: NamelessForm) -> PageResult {
    let paper = match slip(&app, &frame, &form).await? {
        Ok(paper) => paper,
        Err(answer) => return Ok(answer),
    };
    Confirm {
        chosen: chosen(&form, &paper),
        suggestion: form.field("suggestion").trim().to_owned(),
        kiosk: form.field("kiosk").to_owned(),
        paper,
        frame,
    }
    .level()
}

/// Answers a vote that the short way, `voting`, did not keep, and casts one that was too long for it.
async fn cast(
    State(app): State<App>,
    Visiting(visit): Visiting,
    Extension(measures): Extension<Arc<Measures>>,
    not_kept: Option<Extension<NotKept>>,
    form: UnreadForm,
) -> PageResult {
    let done = match not_kept {
        None => ballots::cast(&app, vote(&form, &visit.network)).await,
        Some(Extension(NotKept(error))) => Err(match &*error {
            Error::Refused(refusal) => Error::Refused(refusal.clone()),
            Error::NotFound => Error::NotFound,
            Error::Internal(error) => Error::Internal(anyhow!("{error:#}")),
        }),
    };
    match done {
        Ok(()) => {
            measures.ballots_kept.count();
            let thanks = [(header::LOCATION, thanks_of(&form))];
            Ok((StatusCode::SEE_OTHER, thanks).into_response())
        }
        Err(error) => {
            if matches!(error, Error::Refused(_)) {
                measures.ballots_refused.count();
            }
            let frame = Frame::of(&app, &visit);
            refuse(&app, frame, &form.read()?, error).await
        }
    }
}

/// The vote of a form. What was chosen is taken before it is known what the paper asks; no paper asks for more than `MOST_OBJECTS`.
pub(crate) fn vote<'a>(form: &'a UnreadForm, network: &'a str) -> VoteInput<'a> {
    let mut vote = VoteInput {
        chosen: vec![Cow::default(); MOST_OBJECTS],
        network: network.into(),
        ..VoteInput::default()
    };
    for (name, value) in form.fields() {
        match &*name {
            "poll" => vote.poll = value,
            "code" => vote.code = value,
            "suggestion" => vote.suggestion = value,
            "kiosk" => vote.at_kiosk = !value.is_empty(),
            name => {
                let object = name.strip_prefix("object");
                let object = object.and_then(|object| object.parse::<usize>().ok());
                if let Some(chosen) = object.and_then(|object| vote.chosen.get_mut(object)) {
                    *chosen = value;
                }
            }
        }
    }
    vote
}

/// The address of the thanks, on the voter's phone or at the tablet.
pub(crate) fn thanks_of(form: &UnreadForm) -> HeaderValue {
    let tablet = || {
        let kiosk = field(form, "kiosk");
        let poll = kiosk.parse::<PollId>().ok()?;
        HeaderValue::try_from(format!("/kiosk/{poll}/thanks")).ok()
    };
    tablet().unwrap_or(HeaderValue::from_static("/v/thanks"))
}

/// The form without what was chosen.
pub(crate) fn of_its_slip(form: &UnreadForm) -> UnreadForm {
    form.only(&["kiosk", "poll", "code"])
}

fn field<'a>(form: &'a UnreadForm, name: &str) -> Cow<'a, str> {
    let mut fields = form.fields();
    fields
        .find(|(field, _)| field == name)
        .map_or(Cow::default(), |(_, value)| value)
}

/// What a voter sees whose ballot was not kept.
async fn refuse(app: &App, frame: Frame, form: &NamelessForm, error: Error) -> PageResult {
    let kiosk = form.field("kiosk").to_owned();
    if let Error::Refused(refusal) = &error
        && let Some(PollRefusal::Slip(refused)) = refusal.of()
    {
        return unprocessable(&told(frame, kiosk, *refused));
    }
    match error {
        // The paper again, with what is wrong with it.
        Error::Refused(refusal) => match slip(app, &frame, form).await? {
            Ok(paper) => PaperPage {
                chosen: chosen(form, &paper),
                suggestion: form.field("suggestion").to_owned(),
                problem: Some(refusal.sentence(frame.lang)),
                kiosk,
                paper,
                frame,
            }
            .level(StatusCode::UNPROCESSABLE_ENTITY),
            Err(answer) => Ok(answer),
        },
        error => Err(error.into()),
    }
}

/// The paper of the form's slip, or the page that tells why there is none.
async fn slip(
    app: &App,
    frame: &Frame,
    form: &NamelessForm,
) -> Result<Result<Paper, Response>, PageError> {
    let kiosk = form.field("kiosk").to_owned();
    let refused = match ballots::slip(app, form.field("code")).await? {
        // A tablet serves the members of one union.
        Slip::Paper(paper) if kiosk.is_empty() || kiosk == paper.poll.to_string() => {
            return Ok(Ok(paper));
        }
        Slip::Counted(poll) => {
            let answer = see_other(&format!("/ratings/{poll}"))?;
            return Ok(Err(answer));
        }
        Slip::Paper(_) => SlipRefusal::Unknown,
        Slip::Refused(refused) => refused,
    };
    let frame = frame.clone();
    let answer = if refused == SlipRefusal::Unknown {
        let heading = match kiosk.parse::<PollId>() {
            Ok(poll) => Some(polls::heading(app, &poll).await?),
            Err(_) => None,
        };
        unprocessable(&Enter {
            problem: Some(refused.sentence(frame.lang)),
            typed: form.field("code").to_owned(),
            heading,
            kiosk,
            frame,
        })
    } else {
        unprocessable(&told(frame, kiosk, refused))
    };
    Ok(Err(answer?.into_response()))
}

fn told(frame: Frame, kiosk: String, refused: SlipRefusal) -> Told {
    Told {
        is_used: refused == SlipRefusal::Used,
        sentence: refused.sentence(frame.lang),
        frame,
        kiosk,
    }
}

/// What was chosen for each object of the paper, as a mark. What is no grade is shown as a blank.
fn chosen(form: &NamelessForm, paper: &Paper) -> Vec<char> {
    (0..paper.objects.len())
        .map(|object| {
            let answer = ballot::answer(&paper.grades, form.field(&format!("object{object}")));
            ballot::mark(answer.unwrap_or_default())
        })
        .collect()
}
