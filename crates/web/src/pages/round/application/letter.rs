//! The letter to the applicant: the result once it is decided; before that a statement of where the application stands.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    round::application::{self as applications, ApplicationView, ClauseRow},
};
use jianjia_domain::{
    core::ids::ApplicationId,
    round::{
        application::State as ApplicationState,
        round::window,
        route::{Step, act_word},
    },
};
use jianjia_standard::programme::RoundAct;

use super::progress::{EventLine, StepLine, by_when, events, steps};
use crate::{
    frame::Frame,
    page::{PageResult, page},
    path::Path,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "round/application/letter.html")]
struct Letter {
    frame: Frame,
    view: ApplicationView,
    steps: Vec<StepLine>,
    events: Vec<EventLine>,
    /// Where it stands, sentence by sentence; empty once it is decided.
    standing: Vec<String>,
    /// Who decided, or has it now: whose seal it bears.
    office: String,
}

impl Letter {
    fn is_decided(&self) -> bool {
        is_decided(&self.view)
    }

    fn heading(&self) -> &'static str {
        heading(&self.view)
    }

    /// Whether any criterion has more to be said than its state.
    fn has_remarks(&self) -> bool {
        let mut rows = self.view.clauses.iter();
        rows.any(|row: &ClauseRow| row.shortage.is_some() || row.finding().is_some())
    }
}

fn is_decided(view: &ApplicationView) -> bool {
    matches!(
        view.application.state,
        ApplicationState::Named { .. } | ApplicationState::Rejected { .. }
    )
}

/// Before a decision it states where the application stands, and no result.
fn heading(view: &ApplicationView) -> &'static str {
    if is_decided(view) {
        "申报结果告知书"
    } else {
        "申报办理情况说明"
    }
}

/// What a link to it says: what it is by now.
pub(super) fn link(view: &ApplicationView) -> &'static str {
    if is_decided(view) {
        "打印申报结果告知书"
    } else {
        "打印办理情况说明"
    }
}

pub(super) async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ApplicationId>,
) -> PageResult {
    let view = applications::view(&app, &actor, &id).await?;
    let application = &view.application;
    let office = at_step(&view).map_or(&application.unit.name, |step| &step.unit.name);
    page(&Letter {
        office: office.clone(),
        steps: steps(&frame, &view),
        events: events(&app, &frame, &view),
        standing: standing(&frame, &view),
        frame,
        view,
    })
}

fn at_step(view: &ApplicationView) -> Option<&Step> {
    let application = &view.application;
    let step = application.state.step();
    step.and_then(|step| application.route.get(step))
}

/// Who has it, since when, by when, what comes next and whom to ask.
fn standing(frame: &Frame, view: &ApplicationView) -> Vec<String> {
    let application = &view.application;
    let since = frame.minute(application.since_at);
    match (&application.state, at_step(view)) {
        (ApplicationState::UnderReview { step }, Some(now)) => {
            let act = frame.t_fixed(act_word(now.act));
            let mut told = vec![
                frame.t3("现在由{}办理（{}），{} 起。", &now.unit.name, act, since),
                frame.t1(
                    "按年度日程，这一步在 {} 前办完。",
                    frame.day(by_when(view, now)),
                ),
                match application.route.get(step + 1) {
                    Some(next) => {
                        let act = frame.t_fixed(act_word(next.act));
                        frame.t2("下一步：{}（{}）。", &next.unit.name, act)
                    }
                    None => frame.t("这是最后一步。").to_owned(),
                },
            ];
            if let Some(phone) = &view.holder_phone {
                told.push(frame.t2("有事请找{}，电话 {}。", &now.unit.name, phone));
            }
            told
        }
        (ApplicationState::Returned { .. }, Some(by)) => vec![
            frame.t2("已由{}退回补正，{} 起在申报单位。", &by.unit.name, since),
            frame.t1(
                "请改好后在 {} 前再次提交，会直接回到退回的那一级。",
                frame.day(window(&view.round, RoundAct::Resubmit).to),
            ),
        ],
        (ApplicationState::Draft, _) => {
            let days = window(&view.round, RoundAct::Submit);
            vec![
                frame
                    .t("还是草稿，没有提交，没有交给任何一级审核。")
                    .to_owned(),
                frame.t2(
                    "申报期是 {} 至 {}。",
                    frame.day(days.from),
                    frame.day(days.to),
                ),
            ]
        }
        (ApplicationState::Withdrawn { .. }, _) => {
            vec![frame.t1("已于 {} 撤回，不再办理。", since)]
        }
        _ => Vec::new(),
    }
}
