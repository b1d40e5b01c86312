//! What a department answers: on its page, or in a sheet that is imported.

use std::collections::{BTreeMap, HashMap};

use jianjia_domain::{
    core::{
        audit::deed::Deed,
        ids::{AccountId, AnswerId, UnitId},
        place::UnitPlace,
        policy::{Actor, Permit, act},
        refusal::Refusal,
    },
    round::{
        department::{
            self, AnswerInput, AnswerKind, Asked, Beside, DepartmentRefusal, Said, SheetAnswer,
        },
        entry::Entry,
    },
};
use jianjia_standard::{Standard, programme::Department};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    register::unit,
    round::department as departments,
};

use super::{object, permitted, said_of, standard_of};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::entry as made,
};

/// The department answers for some of its units alike: nothing, or not known. Signed by whose account it is.
///
/// # Errors
/// Not found when the actor answers for no department or a unit is not on its list; `NothingChosen`; `chosen`: `StandsInState`; as
/// `department::read`.
pub async fn answer_alike(
    app: &App,
    actor: &Actor,
    year: i16,
    units: &[UnitId],
    answer: &str,
) -> Result<usize> {
    let mut tx = app.db.write(Scope::Departments).await?;
    let (permit, key) = permitted(app, &mut tx, actor).await?;
    let standard = standard_of(app, year)?;
    let department = standard.department(&key).ok_or(Error::NotFound)?;
    if units.is_empty() {
        return Err(Refusal::at("chosen", DepartmentRefusal::NothingChosen).into());
    }
    let kind = AnswerKind::from_key(answer).filter(|kind| *kind != AnswerKind::InState);
    let said = match kind {
        Some(AnswerKind::Clear) => Said::Clear {
            note: String::new(),
        },
        Some(AnswerKind::Unknown) => Said::Unknown {
            note: String::new(),
        },
        _ => return Err(Refusal::at("answer", DepartmentRefusal::NoAnswer).into()),
    };
    let entries = said_of(&mut tx, year, &key, units.to_vec()).await?;
    let all = departments::among(&mut tx, (year, key.as_str()), units).await?;
    let mut given = Vec::new();
    for unit in units {
        let asked = all.iter().find(|asked| asked.unit == *unit);
        let asked = asked.ok_or(Error::NotFound)?.clone();
        let of_unit: Vec<Entry> = entries
            .iter()
            .filter(|entry| entry.unit == *unit)
            .cloned()
            .collect();
        match department::beside(&asked, &said, &of_unit) {
            Ok(Beside::Same) => {}
            Ok(Beside::New) => given.push((asked, said.clone())),
            Err(refusal) => return Err(Refusal::at("chosen", refusal).into()),
        }
    }
    let signed = Signed::of(actor);
    let count = given.len();
    keep(
        &mut tx,
        app,
        actor,
        &permit,
        (standard, department),
        given,
        &signed,
    )
    .await?;
    tx.commit().await?;
    Ok(count)
}

/// The department answers for one unit. Sent twice, it is answered once.
///
/// # Errors
/// Not found when the actor answers for no department or the unit is not on its list; as `department::read` and `department::beside`.
pub async fn answer(
    app: &App,
    actor: &Actor,
    year: i16,
    unit: &UnitId,
    input: &AnswerInput,
) -> Result<()> {
    let mut tx = app.db.write(Scope::Departments).await?;
    let (permit, key) = permitted(app, &mut tx, actor).await?;
    let standard = standard_of(app, year)?;
    let department = standard.department(&key).ok_or(Error::NotFound)?;
    let asked = departments::find(&mut tx, year, &key, unit).await?;
    let asked = asked.ok_or(Error::NotFound)?;
    let said = department::read(standard, department, year, input, app.clock.today())?;
    let entries = said_of(&mut tx, year, &key, vec![*unit]).await?;
    let beside = department::beside(&asked, &said, &entries)
        .map_err(|refusal| Refusal::at("answer", refusal))?;
    if beside == Beside::New {
        let signed = Signed::of(actor);
        let given = vec![(asked, said)];
        keep(
            &mut tx,
            app,
            actor,
            &permit,
            (standard, department),
            given,
            &signed,
        )
        .await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Keeps the answers of a sheet, in the import's transaction: each signed by the person whom its row names.
pub(crate) async fn keep_imported(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    new: &[SheetAnswer],
) -> Result<()> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    let mut of_list: BTreeMap<(i16, &str), Vec<&SheetAnswer>> = BTreeMap::new();
    for answer in new {
        let list = (answer.year, answer.department.as_str());
        of_list.entry(list).or_default().push(answer);
    }
    let mut of_signer: BTreeMap<(i16, &str, &str), Vec<(Asked, Said)>> = BTreeMap::new();
    for ((year, key), answers) in of_list {
        let units: Vec<UnitId> = answers.iter().map(|answer| answer.unit).collect();
        let asked: HashMap<UnitId, Asked> = departments::among(tx, (year, key), &units)
            .await?
            .into_iter()
            .map(|asked| (asked.unit, asked))
            .collect();
        for answer in answers {
            let asked = asked.get(&answer.unit).ok_or(Error::NotFound)?;
            of_signer
                .entry((year, key, answer.by_name.as_str()))
                .or_default()
                .push((asked.clone(), answer.said.clone()));
        }
    }
    for ((year, key, by_name), given) in of_signer {
        let standard = standard_of(app, year)?;
        let department = standard.department(key).ok_or(Error::NotFound)?;
        let signed = Signed {
            by: Some(actor.account).filter(|id| !id.0.is_nil()),
            by_name: by_name.to_owned(),
            entered_by_name: actor.name.clone(),
        };
        keep_by(
            tx,
            app,
            actor,
            &city,
            (standard, department),
            given,
            &signed,
        )
        .await?;
    }
    Ok(())
}

/// Who stands for an answer.
struct Signed {
    by: Option<AccountId>,
    by_name: String,
    entered_by_name: String,
}

impl Signed {
    fn of(actor: &Actor) -> Signed {
        Signed {
            by: Some(actor.account),
            by_name: actor.name.clone(),
            entered_by_name: String::new(),
        }
    }
}

async fn keep(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    permit: &Permit<act::AnswerList>,
    of: (&Standard, &Department),
    given: Vec<(Asked, Said)>,
    signed: &Signed,
) -> Result<()> {
    keep_by(tx, app, actor, &permit.unit, of, given, signed).await
}

/// Keeps answers that can stand: the answers, the entries that some of them make, the trail's line.
async fn keep_by(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    city: &UnitPlace,
    (standard, department): (&Standard, &Department),
    given: Vec<(Asked, Said)>,
    signed: &Signed,
) -> Result<()> {
    let Some(year) = given.first().map(|(asked, _)| asked.year) else {
        return Ok(());
    };
    let mut detail = serde_json::Map::from_iter([
        ("by_name".to_owned(), signed.by_name.clone().into()),
        (
            "entered_by_name".to_owned(),
            signed.entered_by_name.clone().into(),
        ),
    ]);
    for kind in AnswerKind::ALL {
        let of_kind = given.iter().filter(|(_, said)| said.kind() == kind);
        detail.insert(kind.key().to_owned(), of_kind.count().into());
    }
    let now = app.now();
    let answers = given.iter().map(|(asked, said)| {
        let answer = department::Answer {
            kind: said.kind(),
            by: signed.by,
            by_name: signed.by_name.clone(),
            entered_by_name: signed.entered_by_name.clone(),
            note: match said {
                // It stands with the entry.
                Said::InState(_) => String::new(),
                _ => said.note().to_owned(),
            },
            at: now,
        };
        (AnswerId(app.entropy.id(now)), asked.unit, answer)
    });
    let answers: Vec<_> = answers.collect();
    if !departments::answer(tx, (year, department.key.as_str()), &answers).await? {
        return Err(Error::NotFound);
    }
    for (asked, said) in &given {
        if let Said::InState(state) = said {
            let by_name = &signed.by_name;
            let of = (standard, department);
            made::make(tx, app, actor, of, asked, state, by_name).await?;
        }
    }
    app.trail(
        tx,
        actor,
        Deed::AnswerList,
        object(year, &department.key),
        Some(city),
        detail,
    )
    .await
}
