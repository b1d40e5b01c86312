//! What official papers say besides their text: number, addressees, who gets a copy, day of issue. One form for the papers of all nouns, below the address of
//! each, for whoever does the act that the paper tells of.

use askama::Template;
use axum::{
    extract::{FromRequestParts, MatchedPath, State},
    http::request::Parts,
};
use jianjia_app::{
    core::{app::App, error::Error},
    imprint::{self as imprints, ImprintView},
};
use jianjia_domain::core::{
    imprint::{ImprintInput, Official},
    policy::Act,
    refusal::General,
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

/// Where the form of each kind stands, and who may come.
const FORMS: [(Official, &str, Act); 4] = [
    (Official::Notice, "/rounds/{year}/imprint", Act::SetCalendar),
    (
        Official::Publication,
        "/publications/{id}/imprint",
        Act::PublishCandidates,
    ),
    (
        Official::Decision,
        "/honours/batches/{batch}/imprint",
        Act::ChangeHonour,
    ),
    (
        Official::SpotCheckReport,
        "/spot-checks/{year}/imprint",
        Act::HoldSpotCheck,
    ),
];

pub fn routes() -> Vec<Route> {
    let both = |(_, path, act): (Official, &'static str, Act)| {
        let access = || Access::Act(act);
        [
            Route::get(path, access(), show),
            Route::post(path, access(), say),
        ]
    };
    FORMS.into_iter().flat_map(both).collect()
}

/// The paper that an address is about.
struct Paper {
    kind: Official,
    /// What it is of.
    subject: String,
}

impl FromRequestParts<App> for Paper {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Paper, PageError> {
        let route = parts.extensions.get::<MatchedPath>();
        let mut forms = FORMS.into_iter();
        let form = forms.find(|(_, path, _)| route.is_some_and(|route| route.as_str() == *path));
        let (kind, ..) = form.ok_or(PageError::NotFound)?;
        let Path(subject) = Path::from_request_parts(parts, app).await?;
        Ok(Paper { kind, subject })
    }
}

/// Where the form stands, by what the paper is of.
pub fn address(kind: Official, subject: &str) -> String {
    let under = match kind {
        Official::Notice => "rounds",
        Official::Publication => "publications",
        Official::Decision => "honours/batches",
        Official::SpotCheckReport => "spot-checks",
    };
    format!("/{under}/{subject}/imprint")
}

/// The page that offers the paper.
fn page_of(kind: Official, subject: &str) -> String {
    match kind {
        Official::Notice => format!("/rounds/{subject}"),
        Official::Publication => format!("/publications/{subject}"),
        Official::Decision => format!("/honours/batches/{subject}"),
        Official::SpotCheckReport => format!("/check-reports/{subject}"),
    }
}

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Sent {
    #[serde(flatten)]
    said: ImprintInput,
    /// Asked where a colleague said something meanwhile: which of the two stands.
    choice: String,
    /// The revision of what the colleague said, as it was shown.
    over: String,
}

/// What was typed stands.
const MINE: &str = "mine";
/// What the colleague said stands.
const THEIRS: &str = "theirs";

#[derive(Template)]
#[template(path = "imprint/edit.html")]
struct Edit {
    frame: Frame,
    /// Where the form is sent.
    address: String,
    /// The page that offers the paper.
    back: String,
    view: ImprintView,
    form: Sent,
    /// A colleague said something since the form was made, and it has to be chosen between the two.
    is_overtaken: bool,
    problems: Problems,
}

impl Edit {
    fn new(frame: Frame, paper: &Paper, view: ImprintView, form: Sent) -> Edit {
        Edit {
            frame,
            address: address(paper.kind, &paper.subject),
            back: page_of(paper.kind, &paper.subject),
            view,
            form,
            is_overtaken: false,
            problems: Problems::none(),
        }
    }

    /// What stands under a field's name: `hint`, and what the colleague said where it differs from what was typed.
    fn beside(&self, field: &str, hint: impl AsRef<str>) -> String {
        let hint = hint.as_ref();
        let Some(theirs) = self.view.imprint.as_ref().filter(|_| self.is_overtaken) else {
            return hint.to_owned();
        };
        let said = self.view.input();
        let (said, typed) = match field {
            "number" => (said.number, &self.form.said.number),
            "addressees" => (said.addressees, &self.form.said.addressees),
            "copies" => (said.copies, &self.form.said.copies),
            _ => (said.issued_on, &self.form.said.issued_on),
        };
        if said == *typed {
            return hint.to_owned();
        }
        let by = theirs.said_by_name.as_str();
        let told = match said.as_str() {
            "" => self.frame.t1("{}没有填这一项。", by),
            said => self.frame.t2("{}填的是“{}”。", by, said),
        };
        format!("{hint} {told}").trim_start().to_owned()
    }

    fn choices(&self) -> Vec<(String, String)> {
        let Some(theirs) = &self.view.imprint else {
            return Vec::new();
        };
        let by = theirs.said_by_name.as_str();
        vec![
            (
                MINE.to_owned(),
                self.frame
                    .t1("用我填写的，替换{}登记的（审计记录里两次都在）", by),
            ),
            (
                THEIRS.to_owned(),
                self.frame.t1("保留{}登记的，不用我填写的", by),
            ),
        ]
    }

    /// The revision that the choice is about.
    fn over(&self) -> i64 {
        let imprint = self.view.imprint.as_ref();
        imprint.map_or(0, |imprint| imprint.revision)
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    paper: Paper,
) -> PageResult {
    let view = imprints::show(&app, &actor, paper.kind, &paper.subject).await?;
    let form = Sent {
        said: view.input(),
        ..Sent::default()
    };
    page(&Edit::new(frame, &paper, view, form))
}

async fn say(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    paper: Paper,
    Form(mut form): Form<Sent>,
) -> PageResult {
    let back = page_of(paper.kind, &paper.subject);
    match form.choice.as_str() {
        THEIRS => {
            // Who may not is told so all the same.
            imprints::show(&app, &actor, paper.kind, &paper.subject).await?;
            return see_other_with(&back, "没有改动，仍是同事登记的。");
        }
        // Only over what was shown: whoever said something since is asked about again.
        MINE => form.said.revision = std::mem::take(&mut form.over),
        _ => {}
    }
    let done = imprints::say(&app, &actor, paper.kind, &paper.subject, &form.said).await;
    let is_overtaken =
        matches!(&done, Err(Error::Refused(refusal)) if refusal.of() == Some(&General::Stale));
    match told(done, &frame)? {
        Ok(()) => see_other_with(&back, "已登记，下载的文书按登记的打印。"),
        Err(problems) => {
            let view = imprints::show(&app, &actor, paper.kind, &paper.subject).await?;
            unprocessable(&Edit {
                is_overtaken,
                problems,
                ..Edit::new(frame, &paper, view, form)
            })
        }
    }
}
