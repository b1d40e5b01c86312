//! A case: what it says, what happened to it, and what whoever reads it can do with it now.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    sharing::case::{self as cases, CaseMay, CaseView},
};
use jianjia_domain::{
    core::ids::CaseId,
    sharing::case::{CaseState, CaseText, MOST_PHOTOS},
};
use serde::Deserialize;

use super::{clause_words, list::trade, standard};
use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::sharing::address,
    path::Path,
    session::SignedIn,
};

/// How a state is coloured.
pub(super) fn tag(state: CaseState) -> &'static str {
    match state {
        CaseState::Published | CaseState::Agreed => "tag-met",
        CaseState::Returned | CaseState::Declined | CaseState::Left => "tag-unmet",
        CaseState::Asked | CaseState::Recommended | CaseState::Editing => "tag-claimed",
        CaseState::Draft | CaseState::TakenDown => "tag-na",
    }
}

/// A photo, as the page shows it.
struct Photo {
    href: String,
    caption: String,
}

/// What happened, in words.
struct Happened {
    words: &'static str,
    by: String,
    at: String,
    note: String,
}

#[derive(Template)]
#[template(path = "sharing/case/show.html")]
pub(super) struct Show {
    frame: Frame,
    problems: Problems,
    view: CaseView,
    may: CaseMay,
    trade: String,
    clauses: Vec<(String, String)>,
    photos: Vec<Photo>,
    events: Vec<Happened>,
    /// What was typed into the form that came back.
    typed: Typed,
}

/// What the forms of the page send.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub how: String,
    pub reason: String,
    pub number: String,
    pub caption: String,
}

impl Show {
    fn state(&self) -> &'static str {
        self.frame.t_fixed(self.view.case.state.word())
    }

    fn tag(&self) -> &'static str {
        tag(self.view.case.state)
    }

    fn is_published(&self) -> bool {
        self.view.case.state == CaseState::Published
    }

    /// The text's parts, each with its heading: those of the union's own, too, where the two are compared.
    fn parts<'a>(&self, text: &'a CaseText) -> Vec<(&'static str, &'a str)> {
        let written = &text.written;
        vec![
            (self.frame.t_fixed("遇到的问题"), written.problem.as_str()),
            (self.frame.t_fixed("做法"), written.method.as_str()),
            (self.frame.t_fixed("效果"), written.effect.as_str()),
        ]
    }

    fn side(&self, text: &CaseText) -> &'static str {
        self.frame.t_fixed(text.side.word())
    }

    /// What happens next, for whoever reads it from inside.
    fn next(&self) -> String {
        let frame = &self.frame;
        let case = &self.view.case;
        let at = case.at.as_ref().map_or("", |at| at.name.as_str());
        match case.state {
            CaseState::Draft => frame
                .t("还没有报送。写好后由主席报送，上级工会才看得到。")
                .to_owned(),
            CaseState::Returned => frame.t("已退回。按意见修改后，由主席重新报送。").to_owned(),
            CaseState::Recommended => frame.t1("等{}推荐、退回或者不采用。", at),
            CaseState::Editing => frame
                .t("市总工会编辑以后，请报送单位对照；它同意了才会发布。")
                .to_owned(),
            CaseState::Asked => frame
                .t("等报送单位的主席对照编辑稿，同意的才会发布。")
                .to_owned(),
            CaseState::Declined => frame
                .t("报送单位没有同意，市总工会可以按意见再编辑，再请它对照。")
                .to_owned(),
            CaseState::Agreed => frame.t("报送单位已同意，等市总工会发布。").to_owned(),
            CaseState::Published => frame
                .t("已经公开。报送单位要求撤下的，随时可以撤下。")
                .to_owned(),
            CaseState::Left => frame.t("没有采用，不会发布。").to_owned(),
            CaseState::TakenDown => frame.t("已撤下，别人看不到了。").to_owned(),
        }
    }

    fn has_room_for_photos(&self) -> bool {
        self.may.write && self.photos.len() < MOST_PHOTOS
    }

    fn may_remove_photos(&self) -> bool {
        self.may.write || self.may.edit
    }
}

async fn shown(
    app: &App,
    frame: Frame,
    id: &CaseId,
    (problems, typed): (Problems, Typed),
) -> Result<Show, PageError> {
    let view = cases::view(app, frame.actor.as_ref(), id).await?;
    let standard = standard(app);
    let clauses = view.text.written.clauses.iter();
    let clauses = clauses.map(|clause| (clause.clone(), clause_words(&frame, &standard, clause)));
    let photos = view.photos.iter().map(|photo| Photo {
        href: address::photo(id, photo.place),
        caption: photo.caption.clone(),
    });
    let events = view.events.iter().map(|event| Happened {
        words: frame.t_fixed(event.act.word()),
        by: format!("{} {}", event.unit_name, event.account_name),
        at: frame.minute(event.at),
        note: event.note.clone(),
    });
    Ok(Show {
        problems,
        trade: trade(&frame, &view.case),
        clauses: clauses.collect(),
        photos: photos.collect(),
        events: events.collect(),
        may: view.may,
        view,
        frame,
        typed,
    })
}

pub(super) async fn show(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<CaseId>,
) -> PageResult {
    let nothing = (Problems::none(), Typed::default());
    page(&shown(&app, frame, &id, nothing).await?)
}

/// The page again with what is wrong.
pub(super) async fn again(
    app: &App,
    frame: Frame,
    id: &CaseId,
    what: (Problems, Typed),
) -> PageResult {
    unprocessable(&shown(app, frame, id, what).await?)
}

pub(super) async fn hand_in(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<CaseId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let done = cases::hand_in(&app, &actor, &id).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::case(&id), "已报送，上级工会会收到消息。"),
        Err(problems) => again(&app, frame, &id, (problems, Typed::default())).await,
    }
}

pub(super) async fn review(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<CaseId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let how = (typed.how.as_str(), typed.reason.as_str());
    let done = cases::review(&app, &actor, &id, how).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::case(&id), reviewed(&typed.how)),
        Err(problems) => again(&app, frame, &id, (problems, typed)).await,
    }
}

fn reviewed(how: &str) -> &'static str {
    match how {
        "recommend" => "已推荐到上一级。",
        "return" => "已退回修改，报送单位会收到消息。",
        "leave" => "已定为不采用，报送单位会收到消息。",
        "ask" => "已请报送单位对照编辑稿。",
        _ => "已发布，谁都可以看到。",
    }
}

pub(super) async fn answer(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<CaseId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let number = typed.number.trim().parse().unwrap_or(0);
    let how = (typed.how.as_str(), number, typed.reason.as_str());
    let done = cases::answer(&app, &actor, &id, how).await;
    match told(done, &frame)? {
        Ok(()) if typed.how == "agree" => see_other_with(
            &address::case(&id),
            "已同意。发布以后，要求撤下的随时可以撤下。",
        ),
        Ok(()) => see_other_with(&address::case(&id), "已告诉市总工会，没有同意的不会发布。"),
        Err(problems) => again(&app, frame, &id, (problems, typed)).await,
    }
}

pub(super) async fn withdraw(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<CaseId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let done = cases::withdraw(&app, &actor, &id, &typed.reason).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::case(&id), "已撤下，别人看不到了。"),
        Err(problems) => again(&app, frame, &id, (problems, typed)).await,
    }
}
