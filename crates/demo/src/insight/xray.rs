//! What in the data of the running year contradicts itself: looked through once, and the first of it dealt with in each way.

use anyhow::Result;
use jianjia_app::{
    core::app::App,
    insight::{
        doubt::{
            self as doubts, DoubtQuery, Handling, HandlingInput, StateWanted, usual_answer_by,
        },
        xray::job::look_through,
    },
};
use jianjia_domain::{
    core::policy::Actor,
    insight::{doubt::Doubt, xray::Figures},
};

use crate::{
    core::city::City,
    office::actor::{chair_of, told},
    register::happening as happenings,
};

/// # Errors
/// When an act is refused.
pub async fn examine(app: &App, city: &City, leading: &Actor, year: i16) -> Result<()> {
    // A neighbour of the story's union uses its photos.
    let path = &city.units[city.cast.township].path;
    let mut neighbours = city.units.iter().enumerate();
    let neighbour = neighbours.find(|(place, unit)| {
        *place != city.cast.union
            && unit.path.starts_with(path.as_str())
            && unit.kind == jianjia_domain::core::place::UnitKind::Grassroots
    });
    if let Some((place, unit)) = neighbour {
        happenings::photos(app, &chair_of(city, place), &unit.id, year).await?;
    }
    told(look_through(app, year).await)?;
    let query = DoubtQuery {
        year: Some(year),
        state: StateWanted::Any,
        ..DoubtQuery::default()
    };
    let found = told(doubts::page(app, leading, &query, 1).await)?;
    let mut first = found.lines.iter();
    let mut take = |number: usize| -> Vec<Doubt> { first.by_ref().take(number).cloned().collect() };
    let (asked, aside) = (take(4), take(1));
    handle(
        app,
        leading,
        Handling::Ask,
        &asked,
        "请核对一下，不着急，期限以前答复就行。",
    )
    .await?;
    for (place, doubt) in asked.iter().take(2).enumerate() {
        let Some(unit) = city.units.iter().position(|unit| unit.id == doubt.unit) else {
            continue;
        };
        let (text, reason) = answer_to(doubt);
        let answered = doubts::answer(app, &chair_of(city, unit), &doubt.id, text).await;
        let answered = told(answered)?;
        if place == 0 {
            handle(app, leading, Handling::Explain, &[answered], reason).await?;
        }
    }
    handle(
        app,
        leading,
        Handling::SetAside,
        &aside,
        "电话里已经了解清楚，不用再问。",
    )
    .await
}

/// What the chair says to such a contradiction, and why the office accepts it.
fn answer_to(doubt: &Doubt) -> (&'static str, &'static str) {
    match doubt.figures {
        Figures::SamePhoto { .. } => (
            "这件事是几家一起办的，照片是同一张，台账里写了合办的单位。",
            "确是几家合办，看过台账。",
        ),
        Figures::NoEvidence { .. } => (
            "材料是纸质的，都在档案室，正在扫描，月底前传完。",
            "到单位看过纸质材料，齐全。",
        ),
        Figures::Over { .. } | Figures::LastYear { .. } | Figures::LikeUnions { .. } => (
            "核对过了，数据没有错：去年合并了两个车间，台账可以来看。",
            "情况属实，看过合并的文件。",
        ),
    }
}

async fn handle(
    app: &App,
    leading: &Actor,
    handling: Handling,
    doubts: &[Doubt],
    text: &str,
) -> Result<()> {
    if doubts.is_empty() {
        return Ok(());
    }
    let seen = doubts.iter();
    let seen = seen.map(|doubt| format!("{}~{}", doubt.id, doubt.revision));
    let input = HandlingInput {
        seen: seen.collect(),
        text: text.to_owned(),
        answer_by: usual_answer_by(app).to_string(),
    };
    told(doubts::carry_out(app, leading, handling, &input).await)?;
    Ok(())
}
