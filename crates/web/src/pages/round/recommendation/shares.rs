//! A federation gives shares of its places on to the townships below it.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    round::recommendation::{self as recommendations, ShareInput, ShareRow, ShareTable},
};
use jianjia_domain::core::ids::UnitId;

use super::Asked;
use crate::{
    form::{Form, Problems, named::Fields, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::round::address,
    path::{self, Path},
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "round/recommendation/shares.html")]
struct Show {
    frame: Frame,
    table: ShareTable,
    typed: Fields,
    problems: Problems,
}

impl Show {
    fn name(&self, row: &ShareRow) -> String {
        format!("share_{}", row.unit.id)
    }

    /// What was typed, or the share as it is.
    fn value(&self, row: &ShareRow) -> String {
        let kept = row
            .places
            .map_or_else(String::new, |places| places.to_string());
        let typed = self.typed.get(&self.name(row));
        typed.map_or(kept, str::to_owned)
    }

    fn sum(&self) -> i64 {
        let rows = self.table.rows.iter();
        rows.map(|row| self.value(row).trim().parse().unwrap_or(0))
            .sum()
    }

    fn may_split(&self) -> bool {
        self.table.may_split && self.table.is_open
    }
}

pub(super) async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let of: Option<UnitId> = match asked.of.as_str() {
        "" => None,
        id => Some(path::read(id)?),
    };
    let table = recommendations::shares(&app, &actor, year, &title, of.as_ref()).await?;
    page(&Show {
        frame,
        table,
        typed: Fields::default(),
        problems: Problems::none(),
    })
}

pub(super) async fn split(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let federation: UnitId = fields.read("federation")?;
    let is_recount = fields.first("then") == "recount";
    let mut inputs = Vec::new();
    for (unit, places) in fields.beginning("share_") {
        let seen = fields.get(&format!("seen_{unit}")).unwrap_or("0");
        inputs.push(ShareInput {
            unit: path::read(unit)?,
            seen: path::read(seen)?,
            places: places.to_owned(),
        });
    }
    let of = Some(&federation);
    if is_recount {
        let table = recommendations::shares(&app, &actor, year, &title, of).await?;
        return page(&Show {
            frame,
            table,
            typed: fields,
            problems: Problems::none(),
        });
    }
    let done = recommendations::split(&app, &actor, (year, &title, &federation), &inputs).await;
    match told(done, &frame)? {
        Ok(changed) => {
            let to = address::shares_of(year, &title, &federation);
            see_other_with(&to, &frame.t1("已保存，{} 处有变动。", changed))
        }
        Err(problems) => {
            let table = recommendations::shares(&app, &actor, year, &title, of).await?;
            unprocessable(&Show {
                frame,
                table,
                typed: fields,
                problems,
            })
        }
    }
}
