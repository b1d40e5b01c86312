//! The city's public notices: at the beginning of each December, before the namings, it shows the candidates. Each year somebody objects to one of
//! them, which is looked into and answered.

use anyhow::{Context, Result};
use jianjia_app::{
    core::app::App,
    round::{naming as namings, objection as objections, publication as publications},
};
use jianjia_domain::{
    core::{
        ids::PublicationId,
        policy::{Actor, act, permit},
    },
    round::{
        objection::ObjectionForm,
        publication::{PublicationInput, ToShow},
    },
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    register::unit,
    round::{objection as kept, publication as kept_publications, recommendation},
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};

use crate::{core::day::working, office::actor::told, register::growth::FIRST_YEAR};

/// The day of a year on which the candidates are shown.
pub fn day_of(year: i16) -> Date {
    working(date(year, 12, 1))
}

/// Days of a year on which something is done about its notices.
pub fn days(year: i16) -> [Date; 3] {
    let shown = day_of(year);
    let objected = working(shown.saturating_add(2.days()));
    // The sixth working day and later: all notices are over.
    [shown, objected, working(shown.saturating_add(10.days()))]
}

/// Does what is due on one of these days.
///
/// # Errors
/// When an act is refused.
pub async fn go(app: &App, approver: &Actor, year: i16, day: Date) -> Result<()> {
    let [shown, objected, over] = days(year);
    app.clock.set(day);
    if day == shown {
        show(app, approver, year).await?;
    }
    if day == objected {
        object(app, approver, year).await?;
    }
    if day == over {
        let mut tx = app.db.write(Scope::Publications).await?;
        told(publications::take_down_over(&mut tx, app).await)?;
        tx.commit().await?;
    }
    Ok(())
}

/// Shows the candidates for each title that the city names. Those of past years were named since; they are shown as they stood.
async fn show(app: &App, approver: &Actor, year: i16) -> Result<()> {
    for title in namings::titles(app, year) {
        let mut tx = app.db.write(Scope::Publications).await?;
        let city = unit::root(&mut tx).await?.context("the city")?;
        let permit = permit(approver, act::PublishCandidates, &city);
        let permit = permit.map_err(|_| anyhow::anyhow!("the city's approver may show nobody"))?;
        let candidates = candidates(&mut tx, year, &title.key).await?;
        if candidates.is_empty() {
            continue;
        }
        let input = PublicationInput {
            order: "strokes".to_owned(),
            telephone: "0519-86680000".to_owned(),
            office: format!("{}基层工作部", city.name),
            seen: String::new(),
        };
        let of = (title, year);
        let done = publications::keep(&mut tx, app, approver, &permit, of, candidates, &input);
        told(done.await)?;
        tx.commit().await?;
    }
    Ok(())
}

/// Everything that federations recommended for a title.
async fn candidates(tx: &mut Tx, year: i16, title: &str) -> Result<Vec<ToShow>> {
    let mut found = Vec::new();
    for federation in unit::of_kinds(tx, &["district", "industry"]).await? {
        let list = recommendation::of_federation(tx, year, title, &federation.id).await?;
        let list = list.into_iter();
        let list = list.filter(|application| application.recommended_by.is_some());
        found.extend(list.map(|application| ToShow {
            application,
            federation: federation.name.clone(),
        }));
    }
    Ok(found)
}

/// What was objected to, what was seen of it and what was answered; the years have them in turn.
const OBJECTED: [[&str; 3]; 3] = [
    [
        "职工之家活动室长期上锁，职工没有进去过。希望核实开放时间和活动记录。",
        "实地看了两次，活动室每天中午和下班后开放，登记簿完整；9 月装修时关过两周。",
        "您反映的情况已实地核实：活动室 9 月因装修关闭两周，其余时间每天开放，有登记可查。感谢监督。",
    ],
    [
        "听说有几次活动是补记的，请查一查今年上半年的活动台账和照片。",
        "抽看了上半年六次活动的台账、照片和报销单，日期都对得上。",
        "抽查了上半年六次活动，台账、照片和报销单日期一致，没有发现补记。谢谢您的提醒。",
    ],
    [
        "会员人数可能报多了，有的人已经离开单位。",
        "对过会员名册和工资表，差的三人是十月离职的，名册已经更新。",
        "名册与工资表相差三人，都在十月离职，名册已更新，不影响入会率达到标准。",
    ],
];

/// Somebody objects to the first candidate of the first notice; it is looked into and answered.
async fn object(app: &App, approver: &Actor, year: i16) -> Result<()> {
    let turn = usize::try_from(year - FIRST_YEAR).unwrap_or(0);
    let [text, note, answer] = OBJECTED[turn % OBJECTED.len()];
    let mut tx = app.db.read().await?;
    let hanging = kept_publications::hanging(&mut tx, app.clock.today()).await?;
    let Some(first) = hanging.last() else {
        return Ok(());
    };
    let notice: PublicationId = first.id;
    let candidates = kept_publications::applications(&mut tx, &notice).await?;
    let city = unit::root(&mut tx).await?.context("the city")?;
    tx.commit().await?;
    let candidate = candidates.first().context("a candidate")?;
    let form = ObjectionForm {
        application: candidate.to_string(),
        text: text.to_owned(),
        ..ObjectionForm::default()
    };
    let received = objections::receive(app, "192.0.2.1", &notice, &form, Vec::new());
    let number = told(received.await)?.number;
    let mut tx = app.db.read().await?;
    let id = kept::of_number(&mut tx, number).await?;
    let id = id.context("the objection")?.id;
    tx.commit().await?;
    let to = (&approver.account, &city.id);
    told(objections::assign(app, approver, &id, to).await)?;
    told(objections::note(app, approver, &id, note, "").await)?;
    told(objections::answer(app, approver, &id, ("unfounded", answer)).await)
}
