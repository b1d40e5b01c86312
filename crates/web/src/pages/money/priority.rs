//! Who goes first for higher honours (R2): the honours, the list of one with those who are barred and why, and who was put forward. `forward` has what came of
//! it, `words` why somebody stands where it stands.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    money::priority::{self as priorities, ForwardInput, HonourLine, PriorityList},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{ids::ForwardId, policy::Actor},
    money::priority::{Forward, Place},
};
use jianjia_standard::Standard;
use jianjia_words::format;
use serde::Deserialize;

use self::words::{
    barred_words, bars_words, order_words, outcome_class, reasons, title_name, title_now,
};
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::core::export::{Listed, Wanted},
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

mod forward;
mod words;

const PRIORITY: &str = "/priority";

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(PRIORITY, Access::SignedIn, index),
        Route::get("/priority/{higher}", Access::SignedIn, list),
        Route::get("/priority/{higher}/export", Access::SignedIn, export),
        Route::post("/priority/{higher}", Access::SignedIn, put_forward),
        Route::get(
            "/priority/forwards/{forward}",
            Access::SignedIn,
            forward::show,
        ),
        Route::post(
            "/priority/forwards/{forward}",
            Access::SignedIn,
            forward::record,
        ),
    ]
}

fn list_href(honour: &str) -> String {
    format!("{PRIORITY}/{honour}")
}

fn forward_href(forward: &ForwardId) -> String {
    format!("{PRIORITY}/forwards/{forward}")
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
const LINES: usize = 50;

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
