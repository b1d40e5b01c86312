//! What a token is believed for, and every way in which it is not.

use hmac::{Hmac, KeyInit, Mac};
use jiff::civil::date;

use super::*;

fn claims() -> Claims {
    Claims {
        number: "常信赖家〔2016〕123号".to_owned(),
        holder: "常州市青枫机械制造有限公司工会委员会".to_owned(),
        person: String::new(),
        title: "trusted-home".to_owned(),
        title_name: "信赖职工之家".to_owned(),
        year: 2016,
        office: "常州市总工会".to_owned(),
        named_on: date(2017, 4, 20),
        index: 1_234,
    }
}

fn signer() -> Signer {
    Signer::new(&[7; 32])
}

fn keys() -> Keys {
    Keys::of([signer().public_key().as_str()]).unwrap()
}

fn encoded(text: &str) -> String {
    BASE64URL.encode(text)
}

#[test]
fn a_certificate_is_believed_is_the_same_each_time_and_stays_short() {
    let token = signer().certificate(&claims()).unwrap();
    assert_eq!(token, signer().certificate(&claims()).unwrap());
    let (key, said) = certificate(&keys(), &token).unwrap();
    assert_eq!((key, said), (signer().id, claims()));
    assert_eq!(key_named(&token), Ok(signer().id));
    // With its address: a code of at most 85 modules, 32 mm wide.
    assert!(token.len() < 460, "{} {token}", token.len());
    let read = Keys::read(&keys().jwks()).unwrap();
    assert_eq!(read, keys());
}

#[test]
fn one_altered_byte_at_any_place_is_refused() {
    let token = signer().certificate(&claims()).unwrap();
    let keys = keys();
    for at in 0..token.len() {
        for other in *b"Aa0-_.=\x00" {
            let mut altered = token.clone().into_bytes();
            if altered[at] == other {
                continue;
            }
            altered[at] = other;
            let altered = String::from_utf8(altered).unwrap();
            assert!(certificate(&keys, &altered).is_err(), "{at}: {altered}");
        }
        // The neighbour in the alphabet: in the last character of a part it differs in bits that no byte has.
        let mut bytes = token.clone().into_bytes();
        bytes[at] ^= 1;
        if let Ok(altered) = String::from_utf8(bytes) {
            assert!(certificate(&keys, &altered).is_err(), "{at}: {altered}");
        }
        let mut shorter = token.clone();
        shorter.remove(at);
        assert!(certificate(&keys, &shorter).is_err(), "{at} left out");
    }
    for longer in [
        format!("{token}A"),
        format!("{token}="),
        format!(" {token}"),
        format!("{token}."),
    ] {
        assert!(certificate(&keys, &longer).is_err(), "{longer}");
    }
}

#[test]
fn another_city_s_key_is_told_from_an_altered_certificate() {
    let other = Signer::new(&[8; 32]);
    let foreign = other.certificate(&claims()).unwrap();
    assert_eq!(certificate(&keys(), &foreign), Err(Fault::Foreign));
    // Under our key's name.
    let renamed = Signer {
        id: signer().id,
        key: other.key,
    };
    let renamed = renamed.certificate(&claims()).unwrap();
    assert_eq!(certificate(&keys(), &renamed), Err(Fault::Altered));
    let token = signer().certificate(&claims()).unwrap();
    let (header, rest) = token.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let better = serde_json::to_string(&Claims {
        title: "model-home".to_owned(),
        ..claims()
    });
    let better = format!("{header}.{}.{signature}", encoded(&better.unwrap()));
    assert_eq!(certificate(&keys(), &better), Err(Fault::Altered));
}

#[test]
fn no_other_algorithm_type_or_key_of_its_own_is_taken() {
    let said = encoded(&serde_json::to_string(&claims()).unwrap());
    let id = signer().id;
    let token = |header: &str, signature: &dyn Fn(&str) -> Vec<u8>| {
        let signed = format!("{}.{said}", encoded(header));
        let signature = signature(&signed);
        format!("{signed}.{}", BASE64URL.encode(signature))
    };
    let ours = |signed: &str| signer().key.sign(signed.as_bytes()).to_bytes().to_vec();
    let nothing = |_: &str| Vec::new();
    // The public key as the secret of a HMAC, in both of the forms that it is published in.
    let by_public_key = |secret: Vec<u8>| {
        move |signed: &str| {
            let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&secret).unwrap();
            mac.update(signed.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }
    };
    let raw = by_public_key(signer().key.verifying_key().as_bytes().to_vec());
    let written = by_public_key(signer().public_key().into_bytes());
    let header = |alg: &str, more: &str| format!("{{\"alg\":\"{alg}\",\"kid\":\"{id}\"{more}}}");
    let own_key = format!(
        ",\"jwk\":{{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"{}\"}}",
        Signer::new(&[8; 32]).public_key()
    );
    for (header, signature) in [
        (header("none", ""), &nothing as &dyn Fn(&str) -> Vec<u8>),
        (header("None", ""), &ours),
        (header("HS256", ""), &raw),
        (header("HS256", ""), &written),
        (header("ES256", ""), &ours),
        (header("eddsa", ""), &ours),
        (header("EdDSA", &own_key), &ours),
        (header("EdDSA", ",\"crit\":[\"exp\"],\"exp\":1"), &ours),
        (header("EdDSA", ",\"typ\":\"statuslist+jwt\""), &ours),
        ("{\"alg\":\"EdDSA\"}".to_owned(), &ours),
        ("{}".to_owned(), &ours),
        (header("EdDSA", ",\"alg\":\"none\""), &ours),
    ] {
        let told = certificate(&keys(), &token(&header, signature));
        assert_eq!(told, Err(Fault::NoToken), "{header}");
    }
    for signature in [&nothing as &dyn Fn(&str) -> Vec<u8>, &raw, &written] {
        let told = certificate(&keys(), &token(&header("EdDSA", ""), signature));
        assert_eq!(told, Err(Fault::Altered));
    }
    // The same header and signature, and it is believed.
    assert!(certificate(&keys(), &token(&header("EdDSA", ""), &ours)).is_ok());
    let elsewhere = "{\"alg\":\"EdDSA\",\"kid\":\"../../x\"}";
    let told = certificate(&keys(), &token(elsewhere, &ours));
    assert_eq!(told, Err(Fault::Foreign));
}

#[test]
fn what_is_no_token_is_told_so_and_a_long_one_is_not_read() {
    let long = format!("{}.a.b", "a".repeat(LONGEST));
    for text in ["", ".", "..", "a.b", "a.b.c.d", "信.赖.家", long.as_str()] {
        assert_eq!(certificate(&keys(), text), Err(Fault::NoToken), "{text}");
    }
    // A status list is no certificate, and a certificate no list.
    let list_claims = ListClaims {
        sub: "/certificates/status-list".to_owned(),
        iat: 0,
        exp: 1,
        ttl: 1,
        status_list: StatusList::of(&[]).unwrap(),
    };
    let token = signer().list(&list_claims).unwrap();
    assert_eq!(list(&keys(), &token), Ok((signer().id, list_claims)));
    assert_eq!(certificate(&keys(), &token), Err(Fault::NoToken));
    let token = signer().certificate(&claims()).unwrap();
    assert_eq!(list(&keys(), &token), Err(Fault::NoToken));
}

#[test]
fn a_list_has_two_bits_an_entry_as_the_draft_has_them() {
    use Status::{Ended, Invalid, Suspended, Valid};
    // The draft's example of two bits: entries 0 to 11 as 0xc9 0x44 0xf9.
    let statuses = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3].map(Status::of_bits);
    let statuses: Vec<(i64, Status)> = (0..).zip(statuses).collect();
    let packed = StatusList::of(&statuses).unwrap();
    let unpacked = packed.unpacked().unwrap();
    assert_eq!(unpacked, Unpacked(vec![0xc9, 0x44, 0xf9]));
    let read: Vec<Status> = (0..12).filter_map(|index| unpacked.status(index)).collect();
    assert_eq!(
        read,
        [
            Invalid, Suspended, Valid, Ended, Valid, Invalid, Valid, Invalid, Invalid, Suspended,
            Ended, Ended
        ]
    );
    assert_eq!(unpacked.status(12), None);
    // Thousands of which few are not valid take little room.
    let many: Vec<(i64, Status)> = (0..100_000)
        .map(|index| (index, if index % 997 == 0 { Invalid } else { Valid }))
        .collect();
    let packed = StatusList::of(&many).unwrap();
    assert!(packed.lst.len() < 2_000, "{}", packed.lst.len());
    assert_eq!(packed.unpacked().unwrap().status(99_700), Some(Invalid));
    let one = StatusList {
        bits: 1,
        ..packed.clone()
    };
    let damaged = StatusList {
        lst: packed.lst[4..].to_owned(),
        ..packed
    };
    assert!(one.unpacked().is_err() && damaged.unpacked().is_err());
}

#[test]
fn a_set_of_keys_that_is_damaged_is_not_taken() {
    let good = keys().jwks();
    for bad in [
        good.replace(&signer().id, "AAAAAAAA"),
        good.replace("Ed25519", "X25519"),
        good.replace(&signer().public_key(), "AAAA"),
        "{\"keys\":[]}".to_owned(),
        "[]".to_owned(),
    ] {
        assert!(Keys::read(&bad).is_err(), "{bad}");
    }
    let other = "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\",\"kid\":\"x\"}";
    let mixed = good.replace("{\"keys\":[", &format!("{{\"keys\":[{other},"));
    assert_eq!(Keys::read(&mixed).unwrap(), keys());
}
