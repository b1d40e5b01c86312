//! One contradiction: its figures side by side with where they come from, what happened to it, and what can be done now. And what a union was asked about.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    insight::doubt::{self as doubts, DoubtView, Handling, HandlingInput},
};
use jianjia_domain::{
    core::{
        ids::{DoubtId, UnitId},
        place::UnitPlace,
        policy::Actor,
    },
    insight::{
        doubt::{Doubt, DoubtEvent, DoubtState},
        xray::Figures,
    },
};
use jianjia_standard::Standard;
use serde::Deserialize;

use super::figures::{self, Line};
use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::insight::address,
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/insight/x-ray/{doubt}", Access::SignedIn, show),
        Route::post("/insight/x-ray/{doubt}", Access::SignedIn, handle),
        Route::post("/insight/x-ray/{doubt}/answer", Access::SignedIn, answer),
        Route::post(
            "/insight/x-ray/{doubt}/comparison",
            Access::SignedIn,
            compare,
        ),
        Route::get("/units/{id}/x-ray", Access::SignedIn, asked),
    ]
}

/// What was typed into one of the forms.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    act: String,
    revision: String,
    text: String,
    answer_by: String,
}

/// A photo in another union's file.
struct Other {
    name: String,
    /// Empty where it isn't seen.
    photo: String,
    distance: u32,
}

#[derive(Template)]
#[template(path = "insight/xray/show.html")]
struct Show {
    frame: Frame,
    standard: Arc<Standard>,
    view: DoubtView,
    typed: Typed,
    problems: Problems,
}

impl Show {
    async fn of(
        app: &App,
        actor: &Actor,
        frame: Frame,
        id: &DoubtId,
        (mut typed, problems): (Typed, Problems),
    ) -> Result<Show, PageError> {
        let view = doubts::find(app, actor, id).await?;
        if typed.answer_by.is_empty() {
            typed.answer_by = view.answer_by.to_string();
        }
        Ok(Show {
            standard: app.standards.of(view.doubt.year).clone(),
            frame,
            view,
            typed,
            problems,
        })
    }

    fn rule_name(&self) -> String {
        figures::rule_name(&self.frame, &self.standard, &self.view.doubt)
    }

    fn rule_text(&self) -> &str {
        let rule = self.standard.xray_rule(&self.view.doubt.rule);
        rule.map_or("", |rule| self.frame.text(&rule.text))
    }

    fn clause(&self) -> &str {
        let rule = self.standard.xray_rule(&self.view.doubt.rule);
        rule.and_then(|rule| rule.clause.as_deref()).unwrap_or("")
    }

    fn sentence(&self) -> String {
        figures::sentence(&self.frame, &self.standard, &self.view.doubt)
    }

    fn state(&self) -> String {
        figures::state_words(&self.frame, &self.view.doubt)
    }

    fn class(&self) -> &'static str {
        figures::state_class(self.view.doubt.state)
    }

    fn lines(&self) -> Vec<Line> {
        figures::lines(&self.frame, &self.standard, &self.view.doubt)
    }

    /// The union's own photo.
    fn photo(&self) -> Option<(String, String)> {
        match &self.view.doubt.figures {
            Figures::SamePhoto { evidence, name, .. } => {
                Some((format!("/evidence/{evidence}"), name.clone()))
            }
            _ => None,
        }
    }

    /// The others' photos. A union that is asked reads how many there are, and not whose.
    fn others(&self) -> Vec<Other> {
        let Figures::SamePhoto { others, .. } = &self.view.doubt.figures else {
            return Vec::new();
        };
        if !self.view.is_office {
            return Vec::new();
        }
        let seen = self.view.seen_others.iter();
        others
            .iter()
            .zip(seen)
            .map(|(other, is_seen)| match is_seen {
                true => Other {
                    name: other.unit_name.clone(),
                    photo: format!("/evidence/{}", other.evidence),
                    distance: other.distance,
                },
                false => Other {
                    name: self.frame.t("别的工会（不归您单位管）").to_owned(),
                    photo: String::new(),
                    distance: other.distance,
                },
            })
            .collect()
    }

    fn answer_hint(&self) -> &'static str {
        let words = match &self.view.doubt.figures {
            Figures::SamePhoto { .. } => "和谁一起办的、哪一天、照片是谁拍的。",
            _ => "这个数是怎么来的，为什么和别的数不一致。",
        };
        self.frame.t_fixed(words)
    }

    fn near(&self, other: &Other) -> String {
        match other.distance {
            0 => self.frame.t("内容完全相同或看起来一样").to_owned(),
            distance => self
                .frame
                .t1("几乎一样：64 处明暗里只有 {} 处不同", distance),
        }
    }

    fn happened(&self, event: &DoubtEvent) -> &'static str {
        self.frame.t_fixed(event.act.word())
    }

    fn who(&self, event: &DoubtEvent) -> String {
        match event.account_name.as_str() {
            "" => self.frame.t("系统").to_owned(),
            name => name.to_owned(),
        }
    }

    fn list_href(&self) -> String {
        match self.view.is_office {
            true => format!("{}?year={}", address::XRAY, self.view.doubt.year),
            false => address::asked(&self.view.doubt.unit),
        }
    }

    fn is_open(&self) -> bool {
        self.view.doubt.state.is_open()
    }

    fn is_new(&self) -> bool {
        self.is_open() && !self.is_asked()
    }

    fn is_asked(&self) -> bool {
        self.view.doubt.state == DoubtState::Asked
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<DoubtId>,
) -> PageResult {
    let again = (Typed::default(), Problems::none());
    page(&Show::of(&app, &actor, frame, &id, again).await?)
}

async fn handle(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<DoubtId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    // A form that isn't ours names no act; whoever may not see it learns nothing else.
    let Some(handling) = Handling::from_key(&typed.act) else {
        doubts::find(&app, &actor, &id).await?;
        return Err(PageError::NotFound);
    };
    let input = HandlingInput {
        seen: vec![format!("{id}~{}", typed.revision)],
        text: typed.text.clone(),
        answer_by: typed.answer_by.clone(),
    };
    match told(
        doubts::carry_out(&app, &actor, handling, &input).await,
        &frame,
    )? {
        Ok(_) => {
            let notice = match handling {
                Handling::Ask => "已询问，工会在消息里会看到。",
                Handling::Explain => "已认可说明，这个疑点了结了。",
                Handling::SetAside => "不再追问，这个疑点了结了。",
            };
            see_other_with(&address::doubt(&id), notice)
        }
        Err(problems) => {
            let again = (typed, problems);
            unprocessable(&Show::of(&app, &actor, frame, &id, again).await?)
        }
    }
}

async fn answer(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<DoubtId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let answered = doubts::answer(&app, &actor, &id, &typed.text).await;
    match told(answered, &frame)? {
        Ok(_) => see_other_with(&address::doubt(&id), "答复已提交，上级工会会看到。"),
        Err(problems) => {
            let again = (typed, problems);
            unprocessable(&Show::of(&app, &actor, frame, &id, again).await?)
        }
    }
}

async fn compare(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<DoubtId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let compared = doubts::compare_again(&app, &actor, &id).await;
    match told(compared, &frame)? {
        Ok(doubt) => {
            let notice = match doubt.state.is_open() {
                true => "再核对了一次，数据还是对不上。",
                false => "再核对了一次，数据已经对上，这个疑点了结了。",
            };
            see_other_with(&address::doubt(&id), notice)
        }
        Err(problems) => {
            let again = (Typed::default(), problems);
            unprocessable(&Show::of(&app, &actor, frame, &id, again).await?)
        }
    }
}

#[derive(Template)]
#[template(path = "insight/xray/asked.html")]
struct AskedOf {
    frame: Frame,
    app: App,
    unit: UnitPlace,
    lines: Vec<Doubt>,
}

impl AskedOf {
    fn rule_name(&self, doubt: &Doubt) -> String {
        figures::rule_name(&self.frame, self.app.standards.of(doubt.year), doubt)
    }

    fn sentence(&self, doubt: &Doubt) -> String {
        figures::sentence(&self.frame, self.app.standards.of(doubt.year), doubt)
    }

    fn state(&self, doubt: &Doubt) -> String {
        figures::state_words(&self.frame, doubt)
    }

    fn class(&self, doubt: &Doubt) -> &'static str {
        figures::state_class(doubt.state)
    }

    fn href(&self, doubt: &Doubt) -> String {
        address::doubt(&doubt.id)
    }

    fn is_late(&self, doubt: &Doubt) -> bool {
        doubt.state.is_open() && doubt.answer_by.is_some_and(|day| day < self.frame.today)
    }
}

async fn asked(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
) -> PageResult {
    let (unit, lines) = doubts::asked_of(&app, &actor, &id).await?;
    page(&AskedOf {
        frame,
        app,
        unit,
        lines,
    })
}
