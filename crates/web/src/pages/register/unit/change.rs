//! A new name, another upper union, a merger, the end: a form, a preview of what follows, and the act.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    register::unit::{
        self as units,
        change::{self as changes, Happening, Preview},
    },
};
use jianjia_domain::{
    core::{
        ids::UnitId,
        policy::{Act, Actor},
    },
    register::unit::{Unit, change::ChangeForm},
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::register::address,
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    let act = Access::Act(Act::MoveUnit);
    vec![
        Route::get("/units/{id}/renaming", act, rename_form),
        Route::post("/units/{id}/renaming", act, rename),
        Route::get("/units/{id}/transfer", act, move_form),
        Route::post("/units/{id}/transfer", act, move_under),
        Route::get("/units/{id}/merger", act, merge_form),
        Route::post("/units/{id}/merger", act, merge),
        Route::get("/units/{id}/closure", act, close_form),
        Route::post("/units/{id}/closure", act, close),
    ]
}

/// The Chinese word for what happens.
pub fn word(happening: Happening) -> &'static str {
    match happening {
        Happening::Rename => "更名",
        Happening::Move => "转移",
        Happening::Merge => "合并",
        Happening::Close => "单位|撤销",
    }
}

/// What the form sends: `step` is `confirm` when the preview was seen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Sent {
    step: String,
    revision: String,
    #[serde(flatten)]
    change: ChangeForm,
}

#[derive(Template)]
#[template(path = "register/unit/change.html")]
struct ChangePage {
    frame: Frame,
    unit: Unit,
    happening: Happening,
    sent: Sent,
    preview: Option<Preview>,
    problems: Problems,
}

impl ChangePage {
    fn title(&self) -> &str {
        self.frame.t_fixed(word(self.happening))
    }

    /// The words of the field that names the target, and the hint below it.
    fn target(&self) -> Option<(&str, &str)> {
        let (label, hint) = match self.happening {
            Happening::Rename => ("新名称", "与批复文件一致。原名称留在历史里。"),
            Happening::Move => ("新的上级工会", "填名称、登记编号或统一社会信用代码。"),
            Happening::Merge => ("并入哪个工会", "填名称、登记编号或统一社会信用代码。"),
            Happening::Close => return None,
        };
        Some((self.frame.t_fixed(label), self.frame.t_fixed(hint)))
    }

    /// What follows, sentence by sentence.
    fn consequences(&self, preview: &Preview) -> Vec<String> {
        let frame = &self.frame;
        let name = &preview.unit.details.name;
        match self.happening {
            Happening::Rename => {
                let new = preview.name.as_deref().unwrap_or_default();
                vec![
                    frame.t2("“{}”改名为“{}”。", name, new),
                    frame
                        .t("已经得到的称号仍写当时的名称，按新旧名称都能查到现在的登记。")
                        .to_owned(),
                ]
            }
            Happening::Move => after_a_move(frame, preview),
            Happening::Merge => after_a_merger(frame, preview),
            Happening::Close => {
                let mut told = vec![frame.t1("“{}”的登记到此为止，不能再申报。", name)];
                if preview.people > 0 {
                    told.push(frame.t1("在任的 {} 人登记为离任。", preview.people));
                }
                told.push(frame.t("已经得到的称号和历史都保留，可以查阅。").to_owned());
                told
            }
        }
    }
}

fn after_a_move(frame: &Frame, preview: &Preview) -> Vec<String> {
    let (name, target) = (&preview.unit.details.name, target_name(preview));
    let mut told = vec![frame.t2("“{}”转到“{}”下面。", name, target)];
    if preview.units_below > 0 {
        told.push(frame.t1(
            "下面的 {} 个单位跟着一起转移。",
            frame.count(preview.units_below),
        ));
    }
    told.push(
        frame
            .t("以后的申报由新的上级审核；以前的称号、申报和台账都不变。")
            .to_owned(),
    );
    told.push(
        frame
            .t("原上级的账号从此看不到它，新上级的账号可以看到。")
            .to_owned(),
    );
    told
}

fn after_a_merger(frame: &Frame, preview: &Preview) -> Vec<String> {
    let (name, target) = (&preview.unit.details.name, target_name(preview));
    let mut told = vec![frame.t2("“{}”并入“{}”，自己的登记到此为止。", name, target)];
    if preview.units_below > 0 {
        told.push(frame.t1(
            "下面的 {} 个单位转到并入的单位下面。",
            frame.count(preview.units_below),
        ));
    }
    if preview.people > 0 {
        told.push(frame.t1(
            "在任的 {} 人转到并入的单位；原主席改登记为基层工会工作者。",
            preview.people,
        ));
    }
    told.push(
        frame
            .t("已经得到的称号和历史保留在原登记里，并写明由谁承接。")
            .to_owned(),
    );
    told
}

fn target_name(preview: &Preview) -> &str {
    preview
        .target
        .as_ref()
        .map_or("", |target| target.details.name.as_str())
}

async fn form(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &UnitId,
    happening: Happening,
) -> PageResult {
    let unit = units::find(app, actor, id).await?.unit;
    jianjia_domain::core::policy::permit(actor, Act::MoveUnit, &unit.place())
        .map_err(jianjia_app::core::error::Error::from)?;
    let sent = Sent {
        revision: unit.revision.to_string(),
        change: ChangeForm {
            on: frame.today.to_string(),
            ..ChangeForm::default()
        },
        ..Sent::default()
    };
    page(&ChangePage {
        frame,
        unit,
        happening,
        sent,
        preview: None,
        problems: Problems::none(),
    })
}

async fn act(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &UnitId,
    happening: Happening,
    mut sent: Sent,
) -> PageResult {
    if sent.step == "confirm" {
        let revision = sent.revision.parse().unwrap_or(0);
        let done = changes::perform(app, actor, id, happening, &sent.change, revision).await;
        return match told(done, &frame)? {
            Ok(()) => see_other_with(&address::unit(id), "已办理，历史里有记录。"),
            Err(problems) => {
                let unit = units::find(app, actor, id).await?.unit;
                sent.revision = unit.revision.to_string();
                unprocessable(&ChangePage {
                    frame,
                    unit,
                    happening,
                    sent,
                    preview: None,
                    problems,
                })
            }
        };
    }
    let seen = changes::preview(app, actor, id, happening, &sent.change).await;
    let (preview, problems) = match told(seen, &frame)? {
        Ok(preview) if sent.step != "change" => (Some(preview), Problems::none()),
        Ok(_) => (None, Problems::none()),
        Err(problems) => (None, problems),
    };
    let unit = units::find(app, actor, id).await?.unit;
    sent.revision = unit.revision.to_string();
    let is_fine = problems.is_empty();
    let shown = ChangePage {
        frame,
        unit,
        happening,
        sent,
        preview,
        problems,
    };
    if is_fine {
        page(&shown)
    } else {
        unprocessable(&shown)
    }
}

macro_rules! handlers {
    ($($form:ident $act:ident $happening:ident;)*) => {$(
        async fn $form(
            State(app): State<App>,
            SignedIn(actor): SignedIn,
            frame: Frame,
            Path(id): Path<UnitId>,
        ) -> PageResult {
            form(&app, &actor, frame, &id, Happening::$happening).await
        }

        async fn $act(
            State(app): State<App>,
            SignedIn(actor): SignedIn,
            frame: Frame,
            Path(id): Path<UnitId>,
            Form(sent): Form<Sent>,
        ) -> PageResult {
            act(&app, &actor, frame, &id, Happening::$happening, sent).await
        }
    )*};
}

handlers! {
    rename_form rename Rename;
    move_form move_under Move;
    merge_form merge Merge;
    close_form close Close;
}
