//! Passwords: which may be chosen, changing one's own, and one-time passwords.

use std::collections::BTreeSet;

use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::{
    core::{
        guess::Guessed,
        ids::AccountRequestId,
        policy::{Actor, RoleAt},
        proof::Proof,
        refusal::Refusal,
    },
    office::account::{self, AccountRefusal},
};
use jianjia_store::{
    core::{file::content_hash, scope::Scope},
    office::{
        account::{self as accounts, Credentials},
        browser as known_browser, session,
    },
};
use jiff::Timestamp;
use pinyin::ToPinyin;
use serde_json::json;
use zxcvbn::{Score, zxcvbn};

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        guess as guesses,
    },
    office::{
        provider,
        session::{self as sessions, Begun, Browser},
    },
};

/// Words of this programme, and common guesses here, in addition to the lists of `zxcvbn`.
const KNOWN: &[&str] = &[
    "jianjia",
    "gonghui",
    "zonggonghui",
    "zhigong",
    "zhigongzhijia",
    "changzhou",
    "jiangsu",
    "zhongguo",
    "china",
    "union",
    "mima",
    "wodemima",
    "woaini",
    "woshi",
    "yonghu",
    "guanliyuan",
    "zhuxi",
    "xitong",
    "denglu",
    "gongzuo",
    "laodong",
    "jianjia-demo",
    "5201314",
    "1314520",
    "147258369",
    "qazwsx",
    "a123456",
    "aa123456",
    "zxcvbnm",
    "qwertyuiop",
    "密码",
    "我的密码",
    "我爱你",
    "管理员",
    "总工会",
    "工会",
    "职工之家",
    "建家",
];

/// Changes the actor's own password. All sessions of the account end and no other browser is known any more; this browser gets a new session.
///
/// # Errors
/// By field: `current`: `WrongPassword`, or `Slowed` after too many of them; `chosen`: `PasswordUnchanged`, or as `choosable`; `again`:
/// `PasswordsDiffer`. `Crowded` when too many passwords are being hashed.
pub async fn change(
    app: &App,
    actor: &Actor,
    browser: &Browser,
    current: &str,
    chosen: &str,
    again: &str,
) -> Result<Begun> {
    let now = app.now();
    let kept = verified(app, actor, "current", current, now).await?;
    if chosen == current {
        return Err(wrong("chosen", AccountRefusal::PasswordUnchanged));
    }
    if let Err(refusal) = choosable(&kept.login, &actor.name, &actor.roles, chosen) {
        return Err(wrong("chosen", refusal));
    }
    if chosen != again {
        return Err(wrong("again", AccountRefusal::PasswordsDiffer));
    }
    let hash = sessions::hash(app, chosen).await?;
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    // It may have been reset meanwhile.
    let still = accounts::credentials_of(&mut tx, &actor.account).await?;
    if still.is_none_or(|still| still.password_hash != kept.password_hash) {
        return Err(wrong("current", AccountRefusal::WrongPassword));
    }
    accounts::set_password(&mut tx, &actor.account, &hash, false, now).await?;
    session::remove_others(&mut tx, &actor.account, "").await?;
    known_browser::remove_all(&mut tx, &actor.account).await?;
    let begun = sessions::begin(app, &mut tx, &actor.account, browser, None).await?;
    if let Proof::Factor {
        given_at: Some(given_at),
    } = actor.proof
    {
        let begun = content_hash(begun.token.as_bytes());
        session::factor_given(&mut tx, &begun, given_at).await?;
    }
    app.trail(
        &mut tx,
        actor,
        Deed::ChangePassword,
        Object::Account(actor.account),
        actor.main_unit(),
        json!({}),
    )
    .await?;
    tx.commit().await?;
    Ok(Begun {
        awaits_code: false,
        ..begun
    })
}

/// Asks the actor's password once more, of a field of a form.
///
/// # Errors
/// At the field: `WrongPassword`, or `Slowed` after too many of them. `Crowded` when too many passwords are being hashed.
pub(crate) async fn verify(app: &App, actor: &Actor, field: &str, password: &str) -> Result<()> {
    verified(app, actor, field, password, app.now()).await?;
    Ok(())
}

/// As `verify`, in a session: one that began at the identity provider within the last minutes stands for the password.
///
/// # Errors
/// As `verify`.
pub(crate) async fn verify_in(
    app: &App,
    actor: &Actor,
    session: &str,
    field: &str,
    password: &str,
) -> Result<()> {
    if provider::is_fresh(app, session).await? {
        return Ok(());
    }
    verify(app, actor, field, password).await
}

/// The account's credentials, once the current password was typed rightly.
async fn verified(
    app: &App,
    actor: &Actor,
    field: &str,
    current: &str,
    now: Timestamp,
) -> Result<Credentials> {
    let tries = [guesses::target(
        app,
        Guessed::OwnPassword,
        &actor.account.to_string(),
    )];
    // At a session that was left open, guessing is throttled as at the sign-in page.
    let mut tx = app.db.write(tries[0].scope()).await?;
    let kept = accounts::credentials_of(&mut tx, &actor.account)
        .await?
        .ok_or(Error::NotFound)?;
    if kept.password_hash.is_empty() {
        return Err(wrong(field, AccountRefusal::NoPassword));
    }
    let minutes = guesses::count(&mut tx, &tries, now).await?;
    tx.commit().await?;
    if let Some(minutes) = minutes {
        return Err(wrong(field, AccountRefusal::Slowed { minutes }));
    }
    if !sessions::fits(current.to_owned(), kept.password_hash.clone()).await? {
        return Err(wrong(field, AccountRefusal::WrongPassword));
    }
    let mut tx = app.db.write(tries[0].scope()).await?;
    guesses::take_back(&mut tx, &tries).await?;
    tx.commit().await?;
    Ok(kept)
}

fn wrong(field: &str, refusal: AccountRefusal) -> Error {
    Error::Refused(Refusal::at(field, refusal))
}

/// Whether a password may be chosen.
///
/// # Errors
/// If it is too short for the roles, too long, or easily guessed by somebody who knows the account's names.
pub fn choosable(
    login: &str,
    name: &str,
    roles: &[RoleAt],
    chosen: &str,
) -> std::result::Result<(), AccountRefusal> {
    account::password(account::least_password(roles), chosen)?;
    let mut known: BTreeSet<String> = KNOWN.iter().map(|word| (*word).to_owned()).collect();
    known.extend(spellings(login));
    known.extend(spellings(name));
    for at in roles {
        known.extend(spellings(&at.unit.name));
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let narrow: String = chosen.chars().map(narrowed).collect();
    // Telephone numbers and dates look strong to an estimator but are known to colleagues, so a run of digits counts for nothing.
    for text in [narrow.clone(), without_numbers(&narrow)] {
        if zxcvbn(&text, &known).score() < Score::Three {
            return Err(AccountRefusal::PasswordGuessable);
        }
    }
    Ok(())
}

/// The forms that a name may take in a password: itself, its parts, their pinyin, the initials of that, and any run of its syllables.
fn spellings(name: &str) -> Vec<String> {
    let name: String = name
        .trim()
        .to_lowercase()
        .chars()
        .take(LONGEST_NAME)
        .collect();
    let mut spelt = vec![name.clone()];
    spelt.extend(
        name.split(|letter: char| !letter.is_alphanumeric())
            .filter(|part| part.chars().count() > 1)
            .map(str::to_owned),
    );
    let (mut letters, mut syllables) = (Vec::new(), Vec::new());
    for letter in name.chars() {
        if let Some(syllable) = letter.to_pinyin() {
            letters.push(letter.to_string());
            syllables.push(syllable.plain().to_owned());
        }
    }
    for of in [&letters, &syllables] {
        for first in 0..of.len() {
            for last in first + 1..=of.len() {
                spelt.push(of[first..last].concat());
            }
        }
    }
    spelt.push(syllables.iter().filter_map(|word| word.get(..1)).collect());
    if let Some((family, given)) = syllables.split_first() {
        // Family name last, in Western order.
        spelt.push(format!("{}{family}", given.concat()));
    }
    spelt
}

/// The number of letters of a name that are examined.
const LONGEST_NAME: usize = 30;

/// Converts a full-width letter to the ordinary one.
fn narrowed(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// The text without runs of six or more digits.
fn without_numbers(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut run = String::new();
    for letter in text.chars().map(Some).chain([None]) {
        match letter {
            Some(digit) if digit.is_ascii_digit() => run.push(digit),
            other => {
                if run.len() < 6 {
                    kept.push_str(&run);
                }
                run.clear();
                kept.extend(other);
            }
        }
    }
    kept
}

/// Sixteen characters that can be read out on the telephone (80 random bits).
pub(crate) fn one_time(app: &App) -> String {
    let mut bytes = [0; 16];
    app.entropy.fill(&mut bytes);
    readable(&bytes)
}

/// The half of a one-time password that the confirmer tells: twelve characters, 60 random bits.
pub(crate) fn second_half(app: &App) -> String {
    let mut bytes = [0; 12];
    app.entropy.fill(&mut bytes);
    readable(&bytes)
}

/// The half that the proposer tells. It is derived from the request and the instance's key, so that it is stored nowhere: neither of the two
/// people, nor anybody who reads the database, has both halves.
pub(crate) fn first_half(app: &App, request: &AccountRequestId) -> String {
    let digest = app
        .slip_key
        .digest(b"first half of a password", &[&request.to_string()]);
    readable(&digest[..12])
}

/// The whole one-time password of a request, from its halves.
pub(crate) fn whole(app: &App, request: &AccountRequestId, second: &str) -> String {
    format!("{}-{second}", first_half(app, request))
}

fn readable(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
    let mut password = String::with_capacity(bytes.len() * 5 / 4);
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            password.push('-');
        }
        password.push(char::from(LETTERS[usize::from(byte & 31)]));
    }
    password
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::refusal::Refuse;
    use jianjia_domain::core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::Role,
    };

    use super::*;

    fn chosen(password: &str, role: Role) -> std::result::Result<(), &'static str> {
        let roles = [RoleAt {
            role,
            unit: UnitPlace {
                id: UnitId(uuid::Uuid::from_u128(1)),
                kind: UnitKind::Grassroots,
                name: "长江纺织厂工会".to_owned(),
                path: "/1/".to_owned(),
            },
        }];
        choosable("wang.fang", "王芳", &roles, password).map_err(|refusal| refusal.key())
    }

    #[test]
    fn known_easy_and_own_words_are_refused() {
        for password in [
            "password123",
            "Passw0rd2016!",
            "1qaz2wsx3edc",
            "qwertyuiop[]",
            "aaaaaaaaaaaaaa",
            "abcabcabcabc",
            "woaini5201314",
            "changzhou2016",
            "zonggonghui123",
            "wang.fang2016",
            "Wangfang@123",
            "fangwang1990!",
            "wangfang13912345678",
            "changjiangfangzhichang",
            "长江纺织厂工会1234",
            "王芳王芳王芳王芳王芳",
            "ｐａｓｓｗｏｒｄ１２３",
            "zg13912345678",
            "jianjia-demo",
            "abcdefghijkl",
        ] {
            assert_eq!(
                chosen(password, Role::Clerk),
                Err("account/password-guessable"),
                "{password}"
            );
        }
    }

    #[test]
    fn words_that_do_not_belong_together_are_taken() {
        for password in [
            "梨花下的旧自行车铃声叮当响",
            "umbrella quartz noodle",
            "lihua-xiangqi-7-doufu",
            "Tm9#vulcan-Qe",
        ] {
            assert_eq!(chosen(password, Role::Approver), Ok(()), "{password}");
        }
        assert_eq!(chosen("vK9#rT2!xq", Role::Clerk), Ok(()));
        assert_eq!(
            chosen("vK9#rT2!xq", Role::Approver),
            Err("account/password-too-short"),
            "twelve for roles that decide"
        );
    }
}
