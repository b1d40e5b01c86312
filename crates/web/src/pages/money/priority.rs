//! Who goes first for higher honours (R2): the honours, the list of one with those who are barred and why, who was put forward and what came of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    money::priority::{self as priorities, ForwardInput, ForwardView, HonourLine, PriorityList},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{ids::ForwardId, policy::Actor},
    honour::honour::HonourState,
    money::priority::{Barred, CameInput, Forward, Holder, Outcome, Place},
};
use jianjia_standard::{
    Standard,
    programme::{Bar, HigherHonour, OrderRule},
};
use jianjia_words::format;
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::core::export::{Listed, Wanted},
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

const PRIORITY: &str = "/priority";

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(PRIORITY, Access::SignedIn, index),
        Route::get("/priority/{higher}", Access::SignedIn, list),
        Route::get("/priority/{higher}/export", Access::SignedIn, export),
        Route::post("/priority/{higher}", Access::SignedIn, put_forward),
        Route::get("/priority/forwards/{forward}", Access::SignedIn, show),
        Route::post("/priority/forwards/{forward}", Access::SignedIn, record),
    ]
}

fn list_href(honour: &str) -> String {
    format!("{PRIORITY}/{honour}")
}

fn forward_href(forward: &ForwardId) -> String {
    format!("{PRIORITY}/forwards/{forward}")
}

/// The order in words: each rule, the weightier first.
fn order_words(frame: &Frame, honour: &HigherHonour) -> String {
    let words: Vec<&str> = honour
        .order
        .iter()
        .map(|rule| {
            frame.t(match rule {
                OrderRule::NotBefore => "没有推荐过这项荣誉的在前",
                OrderRule::HeldLongest => "持有称号时间长的在前",
                OrderRule::Level => "称号级别高的在前",
                OrderRule::Satisfaction => "上年会员满意度高的在前",
                OrderRule::Stars => "职工帮扶站星级高的在前",
                OrderRule::Members => "会员多的在前",
            })
        })
        .collect();
    words.join(frame.t("；其次"))
}

fn bars_words(frame: &Frame, honour: &HigherHonour) -> String {
    let words: Vec<&str> = honour
        .barred_by
        .iter()
        .map(|bar| {
            frame.t(match bar {
                Bar::Veto => "有当年的否决情形",
                Bar::Entry => "部门的认定还没有决定",
                Bar::Check => "抽查发现的问题还没有了结",
            })
        })
        .collect();
    format::list(frame.lang, &words)
}

/// Why somebody stands where it stands: what the order asks for, of this one.
fn reasons(frame: &Frame, honour: &HigherHonour, year: i16, holder: &Holder) -> String {
    let unknown = || frame.t("还不知道").to_owned();
    let parts: Vec<String> = honour
        .order
        .iter()
        .map(|rule| match rule {
            OrderRule::NotBefore => {
                let before = holder.forwards.iter().filter(|(of, _)| *of < year).count();
                match before {
                    0 => frame.t("没有推荐过").to_owned(),
                    before => frame.t1("推荐过 {} 次", before),
                }
            }
            OrderRule::HeldLongest => frame.t1("{} 起持有", holder.since),
            OrderRule::Level => frame.t1(
                "{}称号",
                frame.t(match holder.level.key() {
                    "county" => "级别|区县级",
                    "province" => "级别|省级",
                    "nation" => "级别|全国",
                    _ => "级别|市级",
                }),
            ),
            OrderRule::Satisfaction => {
                let share = holder.satisfaction.map(|(satisfied, valid)| {
                    let parts = i128::from(satisfied) * 10_000 / i128::from(valid.max(1));
                    format!("{}.{:02}%", parts / 100, parts % 100)
                });
                frame.t1("满意度 {}", share.unwrap_or_else(unknown))
            }
            OrderRule::Stars => match holder.stars {
                Some(stars) => frame.t1("帮扶站 {} 星", stars),
                None => frame.t1("帮扶站星级{}", unknown()),
            },
            OrderRule::Members => match holder.members {
                Some(members) => frame.t1("会员 {} 人", frame.count(members)),
                None => frame.t1("会员人数{}", unknown()),
            },
        })
        .collect();
    parts.join(frame.t("，"))
}

/// Why a holder is barred.
fn barred_words(frame: &Frame, standard: &Standard, holder: &Holder) -> String {
    let clause = |clause: &str| {
        standard.veto(clause).map_or_else(
            || clause.to_owned(),
            |veto| format!("{} {clause}", frame.text(&veto.name)),
        )
    };
    let parts: Vec<String> = holder
        .barred
        .iter()
        .map(|barred| match barred {
            Barred::Veto(of) => frame.t1("有否决情形：{}", clause(of)),
            Barred::Entry(of) => frame.t1("部门的认定还没有决定：{}", clause(of)),
            Barred::Check(state) => frame.t1("抽查没有了结：{}", frame.t_fixed(state.word())),
        })
        .collect();
    parts.join(frame.t("；"))
}

fn title_name(frame: &Frame, standard: &Standard, key: &str) -> String {
    standard.title(key).map_or_else(
        || key.to_owned(),
        |title| frame.text(&title.name).to_owned(),
    )
}

fn outcome_class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Waiting => "tag-unknown",
        Outcome::Awarded => "tag-met",
        Outcome::NotAwarded => "tag-na",
    }
}

/// That the title by which somebody went first is in force no more.
fn title_now(frame: &Frame, forward: &Forward) -> Option<String> {
    match forward.title_state {
        HonourState::InForce => None,
        state => Some(frame.t1("称号已{}", frame.t_fixed(state.word()))),
    }
}

#[derive(Template)]
#[template(path = "money/priority/index.html")]
struct Index {
    frame: Frame,
    standard: Arc<Standard>,
    lines: Vec<HonourLine>,
}

impl Index {
    fn name<'a>(&'a self, line: &'a HonourLine) -> &'a str {
        self.frame.text(&line.honour.name)
    }

    fn href(&self, line: &HonourLine) -> String {
        list_href(&line.honour.key)
    }

    fn of(&self, line: &HonourLine) -> &'static str {
        match line.honour.of {
            jianjia_standard::programme::HonouredOf::Units => self.frame.t_fixed("授予|单位"),
            jianjia_standard::programme::HonouredOf::People => self.frame.t_fixed("授予|个人"),
        }
    }

    fn requires(&self, line: &HonourLine) -> String {
        let titles = line.honour.requires.iter();
        let names: Vec<String> = titles
            .map(|title| title_name(&self.frame, &self.standard, title))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        format::list(self.frame.lang, &names)
    }

    fn forwards(&self, line: &HonourLine) -> String {
        let parts: Vec<String> = line
            .forwards
            .iter()
            .map(|(outcome, count)| format!("{} {count}", self.frame.t_fixed(outcome.word())))
            .collect();
        parts.join(self.frame.t("，"))
    }
}

async fn index(State(app): State<App>, SignedIn(actor): SignedIn, frame: Frame) -> PageResult {
    let lines = priorities::all(&app, &actor).await?;
    page(&Index {
        standard: app.standards.of(app.year()).clone(),
        frame,
        lines,
    })
}

/// Lines of a page.
const LINES: usize = 100;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ForwardForm {
    chosen: Vec<String>,
    reason: String,
    page: String,
}

#[derive(Template)]
#[template(path = "money/priority/list.html")]
struct List {
    frame: Frame,
    standard: Arc<Standard>,
    list: PriorityList,
    page: usize,
    form: ForwardForm,
    problems: Problems,
}

impl List {
    async fn of(
        app: &App,
        actor: &Actor,
        frame: Frame,
        honour: &str,
        (form, problems): (ForwardForm, Problems),
    ) -> Result<List, PageError> {
        let list = priorities::list(app, actor, honour).await?;
        let pages = list.places.len().div_ceil(LINES).max(1);
        Ok(List {
            standard: app.standards.of(list.year).clone(),
            frame,
            page: form.page.parse().unwrap_or(1).clamp(1, pages),
            list,
            form,
            problems,
        })
    }

    fn name(&self) -> &str {
        self.frame.text(&self.list.honour.name)
    }

    fn pages(&self) -> usize {
        self.list.places.len().div_ceil(LINES).max(1)
    }

    fn base(&self) -> String {
        format!("{}?page=", list_href(&self.list.honour.key))
    }

    fn places(&self) -> &[Place] {
        let from = (self.page - 1) * LINES;
        let to = (from + LINES).min(self.list.places.len());
        self.list.places.get(from..to).unwrap_or_default()
    }

    fn order(&self) -> String {
        order_words(&self.frame, &self.list.honour)
    }

    fn bars(&self) -> String {
        bars_words(&self.frame, &self.list.honour)
    }

    fn rank(&self, place: &Place) -> String {
        place
            .place
            .map_or_else(|| "—".to_owned(), |place| place.to_string())
    }

    fn reasons(&self, place: &Place) -> String {
        match place.holder.barred.is_empty() {
            true => reasons(
                &self.frame,
                &self.list.honour,
                self.list.year,
                &place.holder,
            ),
            false => barred_words(&self.frame, &self.standard, &place.holder),
        }
    }

    fn title(&self, place: &Place) -> String {
        title_name(&self.frame, &self.standard, &place.holder.title)
    }

    fn is_forward(&self, place: &Place) -> bool {
        place.holder.is_forward_in(self.list.year)
    }

    fn may_choose(&self, place: &Place) -> bool {
        self.list.may_put_forward && place.place.is_some() && !self.is_forward(place)
    }

    fn is_chosen(&self, place: &Place) -> bool {
        self.form.chosen.contains(&place.holder.token())
    }

    fn export_href(&self) -> String {
        format!("{}/export?format=xlsx", list_href(&self.list.honour.key))
    }

    fn outcome(&self, forward: &Forward) -> &'static str {
        self.frame.t_fixed(forward.outcome().word())
    }

    fn class(&self, forward: &Forward) -> &'static str {
        outcome_class(forward.outcome())
    }

    fn title_now(&self, forward: &Forward) -> Option<String> {
        title_now(&self.frame, forward)
    }

    fn href(&self, forward: &Forward) -> String {
        forward_href(&forward.id)
    }

    fn stood(&self, forward: &Forward) -> String {
        self.frame
            .t2("第 {} 位，共 {} 个", forward.place, forward.of)
    }

    /// How those who were put forward stood: that holders went first can be shown.
    fn shown(&self) -> String {
        let all = self.list.forwards.len();
        let in_order = self.list.forwards.iter();
        let in_order = in_order.filter(|forward| forward.passed_over == 0).count();
        self.frame.t2(
            "推荐过 {} 个，推荐时都持有规定的称号；其中 {} 个按顺序推荐，其余写明了越过的理由。",
            all,
            in_order,
        )
    }
}

async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(honour): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let form = ForwardForm {
        page: asked.page,
        ..ForwardForm::default()
    };
    let again = (form, Problems::none());
    page(&List::of(&app, &actor, frame, &honour, again).await?)
}

async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(honour): Path<String>,
    Query(wanted): Query<Wanted>,
) -> PageResult {
    let list = priorities::list(&app, &actor, &honour).await?;
    let standard = app.standards.of(list.year);
    let headings = [
        "名次",
        "单位",
        "个人",
        "称号",
        "编号",
        "持有起",
        "理由",
        "推荐情况",
    ];
    let row = |place: &Place| {
        let holder = &place.holder;
        let why = match holder.barred.is_empty() {
            true => reasons(&frame, &list.honour, list.year, holder),
            false => barred_words(&frame, standard, holder),
        };
        let forwards: Vec<String> = holder
            .forwards
            .iter()
            .map(|(year, outcome)| format!("{year} {}", frame.t_fixed(outcome.word())))
            .collect();
        let place = place.place.map_or_else(
            || Cell::Text(frame.t("不能推荐").to_owned()),
            |place| Cell::Number(i64::try_from(place).unwrap_or(i64::MAX)),
        );
        vec![
            place,
            Cell::Text(holder.unit_name.clone()),
            Cell::Text(holder.person_name.clone()),
            Cell::Text(title_name(&frame, standard, &holder.title)),
            Cell::Text(holder.number.clone()),
            Cell::Text(holder.since.to_string()),
            Cell::Text(why),
            Cell::Text(forwards.join(frame.t("，"))),
        ]
    };
    let rows = list.places.iter().map(row).collect();
    let listed = Listed::of(&frame, "优先推荐名单", "priority", &headings);
    listed.answer(rows, &wanted.format).await
}

async fn put_forward(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(honour): Path<String>,
    Form(form): Form<ForwardForm>,
) -> PageResult {
    let input = ForwardInput {
        chosen: form.chosen.clone(),
        reason: form.reason.clone(),
    };
    match told(
        priorities::put_forward(&app, &actor, &honour, &input).await,
        &frame,
    )? {
        Ok(done) => {
            let names = frame.first_names(done.iter().map(Forward::in_words));
            let notice = frame.t2("已登记推荐 {} 个：{}。", done.len(), names);
            see_other_with(&list_href(&honour), &notice)
        }
        Err(problems) => {
            let again = (form, problems);
            unprocessable(&List::of(&app, &actor, frame, &honour, again).await?)
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct CameForm {
    outcome: String,
    on: String,
    document_number: String,
    note: String,
}

#[derive(Template)]
#[template(path = "money/priority/forward.html")]
struct Show {
    frame: Frame,
    standard: Arc<Standard>,
    view: ForwardView,
    form: CameForm,
    problems: Problems,
}

impl Show {
    async fn of(
        app: &App,
        actor: &Actor,
        frame: Frame,
        id: &ForwardId,
        (mut form, problems): (CameForm, Problems),
    ) -> Result<Show, PageError> {
        let view = priorities::find(app, actor, id).await?;
        if form.on.is_empty() && problems.is_empty() {
            form.on = frame.today.to_string();
        }
        Ok(Show {
            standard: app.standards.of(view.forward.year).clone(),
            frame,
            view,
            form,
            problems,
        })
    }

    fn name(&self) -> String {
        self.view.honour.as_ref().map_or_else(
            || self.view.forward.honour.clone(),
            |honour| self.frame.text(&honour.name).to_owned(),
        )
    }

    fn list_href(&self) -> String {
        list_href(&self.view.forward.honour)
    }

    fn title(&self) -> String {
        title_name(&self.frame, &self.standard, &self.view.forward.title)
    }

    fn title_now(&self) -> Option<String> {
        title_now(&self.frame, &self.view.forward)
    }

    fn outcome(&self) -> &'static str {
        self.frame.t_fixed(self.view.forward.outcome().word())
    }

    fn class(&self) -> &'static str {
        outcome_class(self.view.forward.outcome())
    }

    fn word(&self, outcome: &Outcome) -> &'static str {
        self.frame.t_fixed(outcome.word())
    }

    fn stood(&self) -> String {
        let forward = &self.view.forward;
        self.frame
            .t2("第 {} 位，共 {} 个", forward.place, forward.of)
    }

    fn outcomes(&self) -> Vec<(String, String)> {
        Outcome::ALL
            .into_iter()
            .map(|outcome| {
                let word = self.frame.t_fixed(outcome.word()).to_owned();
                (outcome.key().to_owned(), word)
            })
            .collect()
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ForwardId>,
) -> PageResult {
    let again = (CameForm::default(), Problems::none());
    page(&Show::of(&app, &actor, frame, &id, again).await?)
}

async fn record(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<ForwardId>,
    Form(form): Form<CameForm>,
) -> PageResult {
    let input = CameInput {
        outcome: form.outcome.clone(),
        on: form.on.clone(),
        document_number: form.document_number.clone(),
        note: form.note.clone(),
    };
    match told(priorities::record(&app, &actor, &id, &input).await, &frame)? {
        Ok(_) => see_other_with(&forward_href(&id), "结果已登记。"),
        Err(problems) => {
            let again = (form, problems);
            unprocessable(&Show::of(&app, &actor, frame, &id, again).await?)
        }
    }
}
