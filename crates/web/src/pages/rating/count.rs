//! The members' desk: what group members do with the code on their paper, without an account. Each form carries the code on; nothing of it
//! stays in the browser.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::{app::App, error::Error},
    rating::{
        count::{self as counts, MemberDesk},
        poll::{self as polls, Heading},
    },
};
use jianjia_domain::{
    core::ids::PollId,
    rating::poll::{
        PollState,
        counting::hides,
        paper::{self, Agreement, PaperInput},
        roll,
    },
};

use crate::{
    form::{NamelessForm, Problems, told},
    frame::Frame,
    page::{PageResult, page, unprocessable},
    pages::rating::poll::agreement,
    path::Path,
    routes::{Access, Route},
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/polls/{id}/group", Access::Public, enter),
        Route::post("/polls/{id}/group", Access::Public, sign_in),
        Route::post("/polls/{id}/paper", Access::Public, enter_paper),
        Route::post("/polls/{id}/box", Access::Public, open_box),
        Route::post("/polls/{id}/signature", Access::Public, sign),
    ]
}

#[derive(Template)]
#[template(path = "rating/count/enter.html")]
struct Enter {
    frame: Frame,
    heading: Heading,
    typed: String,
    problems: Problems,
}

#[derive(Template)]
#[template(path = "rating/count/desk.html")]
struct DeskPage {
    frame: Frame,
    desk: MemberDesk,
    /// The member's code, for the page's forms.
    code: String,
    /// What was just done.
    done: Option<String>,
    problems: Problems,
    /// What was typed, when a form comes back.
    typed: NamelessForm,
}

impl DeskPage {
    fn is(&self, state: &str) -> bool {
        self.desk.poll.state().key() == state
    }

    /// Whether the number of those who voted is told: while voting is open from the least number on, afterwards none as well.
    fn is_told(&self) -> bool {
        let used = self.desk.counts.used();
        hides(&self.desk.rules, used) && !(self.is("open") && used == 0)
    }

    /// Whether phones and the tablet are told apart.
    fn are_ways_told(&self) -> bool {
        let counts = &self.desk.counts;
        !self.is("open")
            && hides(&self.desk.rules, counts.phone)
            && hides(&self.desk.rules, counts.kiosk)
    }

    /// The roll beside the members, for the group to see whose result it signs.
    fn roll_words(&self) -> String {
        roll::words(&self.desk.rules, &self.desk.poll.plan, self.frame.lang)
    }

    fn name(&self) -> &str {
        self.desk.poll.member_name(self.desk.member)
    }

    fn has_signed(&self) -> bool {
        let mut signed = self.desk.poll.signatures().iter();
        signed.any(|signature| signature.member == self.desk.member)
    }

    fn paper(&self) -> String {
        agreement(&self.frame, &self.desk.poll, &self.desk.paper)
    }

    fn is_agreed(&self) -> bool {
        matches!(self.desk.paper, Agreement::Agreed { .. })
    }

    /// Where the two entries differ, by name; never by how much.
    fn differing(&self) -> Vec<String> {
        let Agreement::Differ { at, .. } = &self.desk.paper else {
            return Vec::new();
        };
        at.iter()
            .map(|key| {
                let object = self.desk.objects.iter().find(|object| object.key == *key);
                object.map_or_else(
                    || self.frame.t("纸质票张数").to_owned(),
                    |object| self.frame.text(&object.name).to_owned(),
                )
            })
            .collect()
    }

    /// The answers of an object on paper: key and words.
    fn answers(&self) -> Vec<(String, String)> {
        paper::answers(&self.desk.rules)
            .into_iter()
            .map(|key| {
                let mut grades = self.desk.rules.grades.iter();
                let words = grades.find(|grade| grade.key == key).map_or_else(
                    || self.frame.t("废票（含没选的）").to_owned(),
                    |grade| self.frame.text(&grade.name).to_owned(),
                );
                (key, words)
            })
            .collect()
    }

    fn typed(&self, name: &str) -> &str {
        self.typed.field(name)
    }

    /// The places of the further keys that open the box; the own is the first.
    fn further_keys(&self) -> Vec<u64> {
        (1..self.desk.rules.group.keys).collect()
    }

    fn enough_signatures(&self) -> u64 {
        let members = u64::try_from(self.desk.poll.plan.group.len()).unwrap_or(0);
        self.desk.rules.group.signatures.of(members)
    }
}

async fn enter(State(app): State<App>, frame: Frame, Path(id): Path<PollId>) -> PageResult {
    page(&Enter {
        heading: polls::heading(&app, &id).await?,
        frame,
        typed: String::new(),
        problems: Problems::none(),
    })
}

async fn sign_in(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<PollId>,
    form: NamelessForm,
) -> PageResult {
    match told(counts::sign_in(&app, &id, form.field("code")).await, &frame)? {
        Ok(desk) => page(&DeskPage {
            code: form.field("code").to_owned(),
            frame,
            desk,
            done: None,
            problems: Problems::none(),
            typed: NamelessForm::default(),
        }),
        Err(problems) => unprocessable(&Enter {
            heading: polls::heading(&app, &id).await?,
            typed: form.field("code").to_owned(),
            frame,
            problems,
        }),
    }
}

async fn enter_paper(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<PollId>,
    form: NamelessForm,
) -> PageResult {
    let answers: BTreeMap<(String, String), String> = form
        .0
        .iter()
        .filter_map(|(name, typed)| {
            let (object, answer) = name.rsplit_once('/')?;
            Some(((object.to_owned(), answer.to_owned()), typed.clone()))
        })
        .collect();
    let input = PaperInput {
        ballots: form.field("ballots").to_owned(),
        answers,
    };
    let done = counts::enter_paper(&app, &id, form.field("code"), &input).await;
    let done = done.map(|agreement| match agreement {
        Agreement::Agreed { .. } => "两位成员录入一致，可以开箱了。",
        Agreement::Differ { .. } => "已录入，但和另一位成员的不一致。",
        Agreement::None | Agreement::One { .. } => "已录入。请另一位成员独立再录一次。",
    });
    answer(&app, frame, &id, form, done).await
}

async fn open_box(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<PollId>,
    form: NamelessForm,
) -> PageResult {
    // The own code is the first key; the others follow in the order of their places.
    let further = form.0.iter().filter(|(name, _)| name.starts_with("code/"));
    let codes: Vec<String> = std::iter::once(form.field("code").to_owned())
        .chain(further.map(|(_, typed)| typed.clone()))
        .collect();
    let done = counts::open_box(&app, &id, &codes).await;
    let done = done.map(|()| "票箱已经打开，计票完成。请成员看过结果后签字。");
    answer(&app, frame, &id, form, done).await
}

async fn sign(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<PollId>,
    form: NamelessForm,
) -> PageResult {
    let done = counts::sign(&app, &id, form.field("code")).await;
    let done = done.map(|poll| match poll.state() {
        PollState::Signed => "已签字。签字的成员够数了，结果正式生效。",
        _ => "已签字。",
    });
    answer(&app, frame, &id, form, done).await
}

/// The desk again after an act, or the way in where the code itself is not taken.
async fn answer(
    app: &App,
    frame: Frame,
    id: &PollId,
    form: NamelessForm,
    done: Result<&'static str, Error>,
) -> PageResult {
    let done = told(done, &frame)?;
    let code = form.field("code").to_owned();
    // Read without counting: a wrong code was counted by the act.
    let desk = match told(counts::desk(app, id, &code).await, &frame)? {
        Ok(desk) => desk,
        Err(problems) => {
            return unprocessable(&Enter {
                heading: polls::heading(app, id).await?,
                typed: code,
                frame,
                problems,
            });
        }
    };
    match done {
        Ok(words) => page(&DeskPage {
            done: Some(frame.t(words).to_owned()),
            problems: Problems::none(),
            typed: NamelessForm::default(),
            frame,
            desk,
            code,
        }),
        Err(problems) => unprocessable(&DeskPage {
            done: None,
            typed: form,
            frame,
            desk,
            code,
            problems,
        }),
    }
}
