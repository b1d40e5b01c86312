//! The versions of the standard, for everybody: which hold for which rounds and by which document, which are about to, and what each changed.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    amending::edition::{self as editions, Version},
    core::app::App,
};
use jianjia_documents::workbook::Cell;
use jianjia_standard::compare::Difference;

use crate::{
    frame::Frame,
    page::{PageResult, page},
    pages::{
        amending::{
            address,
            comparison::{self, Group, HEADINGS},
        },
        core::export::{Listed, Wanted},
    },
    path::Path,
    routes::{Access, Route},
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(address::VERSIONS, Access::Public, index),
        Route::get("/standard/versions/export", Access::Public, export),
        Route::get("/standard/versions/{version}", Access::Public, show),
        Route::get(
            "/standard/versions/{version}/export",
            Access::Public,
            export_comparison,
        ),
    ]
}

#[derive(Template)]
#[template(path = "amending/edition/index.html")]
struct Index {
    frame: Frame,
    versions: Vec<Version>,
}

impl Index {
    fn years(&self, version: &Version) -> String {
        years(&self.frame, version)
    }

    fn state(&self, version: &Version) -> String {
        state(&self.frame, version)
    }

    fn href(&self, version: &Version) -> String {
        address::version(&version.standard.version)
    }
}

fn years(frame: &Frame, version: &Version) -> String {
    frame.t2("{} 至 {} 年度", version.from, version.last)
}

/// Since when it holds, or from when on it will.
fn state(frame: &Frame, version: &Version) -> String {
    match &version.edition {
        Some(edition) if version.is_waiting() => frame.t1("{} 起生效", frame.day(edition.from_on)),
        Some(edition) => frame.t1("{} 已生效", frame.day(edition.from_on)),
        None => frame.t("启用本平台时的标准").to_owned(),
    }
}

async fn index(State(app): State<App>, frame: Frame) -> PageResult {
    let versions = editions::versions(&app).await?;
    page(&Index { frame, versions })
}

async fn export(State(app): State<App>, frame: Frame, Query(asked): Query<Wanted>) -> PageResult {
    let versions = editions::versions(&app).await?;
    let headings = [
        "新版标准|标准",
        "版本名称",
        "适用年度",
        "生效情况",
        "文号",
        "校验码",
    ];
    let row = |version: &Version| {
        let edition = version.edition.as_ref();
        let programme = &version.standard.programme;
        vec![
            Cell::from(frame.text(&programme.name)),
            Cell::Text(edition.map_or_else(String::new, |edition| edition.name.clone())),
            Cell::Text(years(&frame, version)),
            Cell::Text(state(&frame, version)),
            Cell::Text(programme.document_number.clone()),
            Cell::Text(version.standard.version.clone()),
        ]
    };
    let rows = versions.iter().map(row).collect();
    let listed = Listed::of(&frame, "标准的各个版本", "versions", &headings);
    listed.answer(rows, &asked.format).await
}

#[derive(Template)]
#[template(path = "amending/edition/show.html")]
struct Show {
    frame: Frame,
    version: Version,
    differences: Option<Vec<Difference>>,
}

impl Show {
    fn years(&self) -> String {
        years(&self.frame, &self.version)
    }

    fn state(&self) -> String {
        state(&self.frame, &self.version)
    }

    fn groups(&self) -> Vec<Group> {
        let differences = self.differences.as_deref().unwrap_or_default();
        comparison::groups(&self.frame, differences)
    }

    fn is_short(&self, group: &Group) -> bool {
        group.rows.len() <= 12
    }

    fn before(&self) -> Option<String> {
        let before = self.version.before.as_ref()?;
        Some(address::version(&before.version))
    }

    fn base(&self) -> String {
        address::version(&self.version.standard.version)
    }
}

async fn show(State(app): State<App>, frame: Frame, Path(wanted): Path<String>) -> PageResult {
    let (version, differences) = editions::version(&app, &wanted).await?;
    page(&Show {
        frame,
        version,
        differences,
    })
}

async fn export_comparison(
    State(app): State<App>,
    frame: Frame,
    Path(wanted): Path<String>,
    Query(asked): Query<Wanted>,
) -> PageResult {
    let (_, differences) = editions::version(&app, &wanted).await?;
    let rows = comparison::table(&frame, differences.as_deref().unwrap_or_default());
    let listed = Listed::of(&frame, "标准对比", "comparison", &HEADINGS);
    listed.answer(rows, &asked.format).await
}
