//! What in the data contradicts itself: that of the year before was looked through in its November, and nearly all of it is dealt with; that of the running
//! year is looked through today, and the first of it dealt with in each way.

use std::collections::HashMap;

use anyhow::{Context, Result};
use jianjia_app::{
    core::app::App,
    insight::{
        doubt::{
            self as doubts, DoubtQuery, Handling, HandlingInput, StateWanted, usual_answer_by,
        },
        xray::job::look_through,
    },
    year::sheet::{self as sheets, SayInput},
};
use jianjia_domain::{
    core::{place::UnitKind, policy::Actor},
    insight::{doubt::Doubt, xray::Figures},
};
use jiff::civil::{Date, date};

use crate::{
    core::{city::City, day::working},
    office::actor::{chair_of, told},
    register::{
        growth::FIRST_YEAR,
        happening::{self as happenings, photos},
    },
};

/// So many are dealt with together.
const TOGETHER: usize = 50;

/// So many unions of the year before were asked in writing.
const IN_WRITING: usize = 14;

const BY_TELEPHONE: &str = "打电话核对过，情况属实，台账里有说明。";
const ASKED: &str = "请核对一下，不着急，期限以前答复就行。";
const ASIDE: &str = "电话里已经了解清楚，不用再问。";

/// The day before today on which the data of the year before was looked through; none in the first year.
pub fn day(today: Date) -> Option<Date> {
    let year = today.year() - 1;
    (year >= FIRST_YEAR).then(|| working(date(year, 11, 18)))
}

/// Looks through the year of a day that is over and deals with it: most is explained, some is corrected or set aside, some waits.
///
/// # Errors
/// When an act is refused.
pub async fn of_past(app: &App, city: &City, leading: &Actor, day: Date) -> Result<()> {
    app.clock.set(day);
    let year = day.year();
    // Two unions of the city's edge show the picture of one match.
    let last = (0..city.units.len()).rev();
    let together = last.filter(|index| city.units[*index].kind == UnitKind::Grassroots);
    for union in together.take(2) {
        let chair = chair_of(city, union);
        happenings::photo_of_match(app, &chair, &city.units[union].id, year).await?;
    }
    let mut found = look(app, leading, year).await?;
    corrected(app, city, leading, year, &mut found).await?;
    // Most was settled by telephone.
    let mut settled = found.split_off(found.len().min(IN_WRITING));
    let aside = settled.split_off(settled.len() - settled.len() / 6);
    handle(app, leading, Handling::Explain, &settled, BY_TELEPHONE).await?;
    handle(app, leading, Handling::SetAside, &aside, ASIDE).await?;
    let mut asked = handle(app, leading, Handling::Ask, &found, ASKED).await?;
    // A few never answer, and a few answers are not looked at yet.
    let waiting = asked.split_off(asked.len() - asked.len() / 4);
    for (place, doubt) in waiting.iter().enumerate() {
        if place % 2 == 0 {
            answered(app, city, doubt).await?;
        }
    }
    for doubt in &asked {
        if let Some((answered, reason)) = answered(app, city, doubt).await? {
            handle(app, leading, Handling::Explain, &[answered], reason).await?;
        }
    }
    Ok(())
}

/// Looks through the running year.
///
/// # Errors
/// When an act is refused.
pub async fn examine(app: &App, city: &City, leading: &Actor, year: i16) -> Result<()> {
    // A neighbour of the story's union uses its photos.
    let path = &city.units[city.cast.township].path;
    let mut neighbours = city.units.iter().enumerate();
    let neighbour = neighbours.find(|(place, unit)| {
        *place != city.cast.union
            && unit.path.starts_with(path.as_str())
            && unit.kind == UnitKind::Grassroots
    });
    if let Some((place, unit)) = neighbour {
        photos(app, &chair_of(city, place), &unit.id, year).await?;
    }
    let mut found = look(app, leading, year).await?;
    corrected(app, city, leading, year, &mut found).await?;
    let mut first = found.into_iter();
    let mut take = |number: usize| -> Vec<Doubt> { first.by_ref().take(number).collect() };
    let (asked, aside) = (take(6), take(2));
    let asked = handle(app, leading, Handling::Ask, &asked, ASKED).await?;
    for (place, doubt) in asked.iter().take(3).enumerate() {
        if let Some((answered, reason)) = answered(app, city, doubt).await?
            && place == 0
        {
            handle(app, leading, Handling::Explain, &[answered], reason).await?;
        }
    }
    handle(app, leading, Handling::SetAside, &aside, ASIDE).await?;
    Ok(())
}

/// What a year's data came to: the first of each rule, then the second of each.
async fn look(app: &App, leading: &Actor, year: i16) -> Result<Vec<Doubt>> {
    told(look_through(app, year).await)?;
    let query = DoubtQuery {
        year: Some(year),
        state: StateWanted::Any,
        ..DoubtQuery::default()
    };
    let (found, _) = told(doubts::export(app, leading, &query, (10_000, 0)).await)?;
    let mut of_rule: HashMap<String, usize> = HashMap::new();
    let mut turns: Vec<(usize, Doubt)> = found
        .into_iter()
        .map(|doubt| {
            let turn = of_rule.entry(doubt.rule.clone()).or_default();
            *turn += 1;
            (*turn, doubt)
        })
        .collect();
    turns.sort_by_key(|(turn, _)| *turn);
    Ok(turns.into_iter().map(|(_, doubt)| doubt).collect())
}

/// Has the first union with more members than workers correct its sheet, and takes it out of the list.
async fn corrected(
    app: &App,
    city: &City,
    leading: &Actor,
    year: i16,
    found: &mut Vec<Doubt>,
) -> Result<()> {
    let is_over = |doubt: &Doubt| doubt.rule == "members-over-workers";
    let Some(place) = found.iter().position(is_over) else {
        return Ok(());
    };
    let doubt = found.remove(place);
    let unit = of(city, &doubt).context("a unit of the city")?;
    let (chair, id) = (chair_for(city, unit, &doubt), city.units[unit].id);
    let asked = handle(app, leading, Handling::Ask, &[doubt], ASKED).await?;
    let members = city.units[unit].members.to_string();
    let sheet = told(sheets::read(app, &chair, &id, None, year).await)?;
    let input = SayInput {
        typed: [("members".to_owned(), members)].into(),
        seen: sheet.seen(),
        ..SayInput::default()
    };
    told(sheets::say(app, &chair, &id, None, year, &input).await)?;
    for doubt in &asked {
        told(doubts::compare_again(app, leading, &doubt.id).await)?;
    }
    Ok(())
}

/// Has the chair answer; gives what is kept then, and why the office accepts it. None where the unit is none of the city's.
async fn answered(app: &App, city: &City, doubt: &Doubt) -> Result<Option<(Doubt, &'static str)>> {
    let Some(unit) = of(city, doubt) else {
        return Ok(None);
    };
    let (text, reason) = answer_to(doubt);
    let chair = chair_for(city, unit, doubt);
    let answered = doubts::answer(app, &chair, &doubt.id, text).await;
    Ok(Some((told(answered)?, reason)))
}

/// The chair, where the unit stands now: it may have moved since it was invented.
fn chair_for(city: &City, unit: usize, doubt: &Doubt) -> Actor {
    let mut chair = chair_of(city, unit);
    for held in &mut chair.roles {
        held.unit.path.clone_from(&doubt.unit_path);
    }
    chair
}

fn of(city: &City, doubt: &Doubt) -> Option<usize> {
    city.units.iter().position(|unit| unit.id == doubt.unit)
}

/// What the chair says to such a contradiction, and why the office accepts it.
fn answer_to(doubt: &Doubt) -> (&'static str, &'static str) {
    match doubt.rule.as_str() {
        "members-over-register" => {
            return (
                "今年二期厂房投产，职工增加了一倍，名册还没有改，已经报上级工会更新。",
                "情况属实，已通知更新名册。",
            );
        }
        "roll-over-members" => {
            return (
                "测评时请劳务派遣职工和退休职工的代表也投了票，所以应投人数比会员多。",
                "计票单上有说明，以后只请会员投票。",
            );
        }
        "dues-unlike-others" => {
            return (
                "我们的平均工资高，经费按工资总额的 2% 计提，上级工会的核定单可以看。",
                "看过核定单，属实。",
            );
        }
        "hardship-unlike-others" => {
            return (
                "填的是全年走访慰问的人次，建档的困难职工没有这么多，下次按人数填。",
                "已当面说明怎样填报，明年再看。",
            );
        }
        "rating-unlike-others" => {
            return (
                "今年调整了班次，食堂也在搬迁，职工意见比较大，已经开了恳谈会，正在改。",
                "情况属实，列入明年走访。",
            );
        }
        _ => {}
    }
    match doubt.figures {
        Figures::SamePhoto { .. } => (
            "这件事是几家一起办的，照片是同一张，台账里写了合办的单位。",
            "确是几家合办，看过台账。",
        ),
        Figures::NoEvidence { .. } => (
            "材料是纸质的，都在档案室，正在扫描，月底前传完。",
            "到单位看过纸质材料，齐全。",
        ),
        Figures::LastYear { .. } => (
            "其中一年的数填错了一位，原件上是对的，可以来看。",
            "看过原件，实际没有这么大的变化。",
        ),
        Figures::Over { .. } | Figures::LikeUnions { .. } => (
            "核对过了，数据没有错：去年合并了两个车间，台账可以来看。",
            "情况属实，看过合并的文件。",
        ),
    }
}

/// Deals with them, as many at once as the page does.
async fn handle(
    app: &App,
    leading: &Actor,
    handling: Handling,
    doubts: &[Doubt],
    text: &str,
) -> Result<Vec<Doubt>> {
    let mut done = Vec::with_capacity(doubts.len());
    for some in doubts.chunks(TOGETHER) {
        let seen = some.iter();
        let seen = seen.map(|doubt| format!("{}~{}", doubt.id, doubt.revision));
        let input = HandlingInput {
            seen: seen.collect(),
            text: text.to_owned(),
            answer_by: usual_answer_by(app).to_string(),
        };
        done.extend(told(
            doubts::carry_out(app, leading, handling, &input).await,
        )?);
    }
    Ok(done)
}
