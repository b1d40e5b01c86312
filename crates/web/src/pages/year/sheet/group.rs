//! One page of a sheet: the questions of a group, and saving their answers.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    year::sheet::{self as sheets, SayInput, Sheet},
};
use jianjia_domain::{
    core::ids::{PersonId, UnitId},
    year::{sheet::next_after, statement::Confirm},
};

use super::{input_of, question::QuestionView};
use crate::{
    form::{Form, Problems, named::Fields, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::year::{
        address,
        holder::{self, OfPerson},
    },
    path::Path,
    request_key,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "year/sheet/group.html")]
struct GroupPage {
    frame: Frame,
    sheet: Sheet,
    holder: String,
    home: String,
    name: String,
    /// Which of how many groups, counted as the overview lists them; none where nothing is due here.
    place: Option<usize>,
    groups: usize,
    due: Vec<QuestionView>,
    ahead: Vec<QuestionView>,
    offers: usize,
    overview: String,
    action: String,
    next: Option<String>,
    seen: String,
    request_key: String,
    problems: Problems,
}

pub(super) async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((unit, year, group)): Path<(UnitId, i16, String)>,
    Query(of): Query<OfPerson>,
) -> PageResult {
    let sheet = sheets::read(&app, &actor, &unit, of.id()?.as_ref(), year).await?;
    page(&group_page(
        &app,
        frame,
        sheet,
        &group,
        None,
        Problems::none(),
    )?)
}

pub(super) async fn say(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((unit, year, group)): Path<(UnitId, i16, String)>,
    Query(of): Query<OfPerson>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let person = of.id()?;
    let input = input_of(Some(group.clone()), &fields);
    let done = sheets::say(&app, &actor, &unit, person.as_ref(), year, &input).await;
    match told(done, &frame)? {
        Ok(saved) => {
            let place = Place {
                unit: &unit,
                year,
                person: person.as_ref(),
                group: &group,
            };
            let to = place.after(&input.confirm, fields.first("then"), saved.next.as_deref());
            let notice = if saved.answers == 0 {
                "没有变化，不用保存。"
            } else {
                "已保存。"
            };
            see_other_with(&to, notice)
        }
        Err(problems) => {
            let sheet = sheets::read(&app, &actor, &unit, person.as_ref(), year).await?;
            unprocessable(&group_page(
                &app,
                frame,
                sheet,
                &group,
                Some(&input),
                problems,
            )?)
        }
    }
}

/// A page of a sheet.
struct Place<'a> {
    unit: &'a UnitId,
    year: i16,
    person: Option<&'a PersonId>,
    group: &'a str,
}

impl Place<'_> {
    fn address(&self) -> String {
        address::group(self.unit, self.year, self.group, self.person)
    }

    /// Where to go after saving: the next group, the overview, or back to the question that was confirmed.
    fn after(&self, confirmed: &Confirm, then: &str, next: Option<&str>) -> String {
        match (confirmed, then, next) {
            (Confirm::One(key), ..) => format!("{}#{key}", self.address()),
            (Confirm::All, ..) | (Confirm::None, "stay", _) => self.address(),
            (Confirm::None, "next", Some(next)) => {
                address::group(self.unit, self.year, next, self.person)
            }
            (Confirm::None, ..) => address::sheet(self.unit, self.year, self.person),
        }
    }
}

fn group_page(
    app: &App,
    frame: Frame,
    sheet: Sheet,
    key: &str,
    input: Option<&SayInput>,
    problems: Problems,
) -> Result<GroupPage, PageError> {
    let standard = app.standards.of(sheet.year);
    let person = sheet.person.as_ref().map(|person| person.id);
    let groups = sheet.groups(standard);
    let place = groups
        .iter()
        .position(|group| group.group.key == key)
        .ok_or(PageError::NotFound)?;
    let group = &groups[place];
    let typed = input.map_or_else(BTreeMap::new, |input| sheet.typed_again(input));
    let views = |is_ahead: bool| -> Vec<QuestionView> {
        group
            .questions
            .iter()
            .filter(|question| question.is_ahead == is_ahead)
            .map(|question| QuestionView::of(&frame, &sheet, question, &typed))
            .collect()
    };
    let (due, ahead) = (views(false), views(true));
    let listed = || groups.iter().filter(|group| group.due().count() > 0);
    Ok(GroupPage {
        holder: holder::name(&sheet),
        home: address::home(&sheet.unit.id, person.as_ref()),
        name: frame.text(&group.group.name).to_owned(),
        place: listed()
            .position(|group| group.group.key == key)
            .map(|before| before + 1),
        groups: listed().count(),
        offers: due
            .iter()
            .filter(|question| question.offer.is_some())
            .count(),
        due,
        ahead,
        overview: address::sheet(&sheet.unit.id, sheet.year, person.as_ref()),
        action: address::group(&sheet.unit.id, sheet.year, key, person.as_ref()),
        next: next_after(&groups, key).map(str::to_owned),
        seen: sheet.seen().map_or_else(String::new, |id| id.to_string()),
        // A form that came back is a new one: it has seen what was said in between.
        request_key: request_key::fresh(app),
        problems,
        sheet,
        frame,
    })
}
