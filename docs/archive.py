#!/usr/bin/env python3
"""Checks an archive of a round without the program: archive.py FILE.zip (docs/archive.md). Checksums, the trail and its seals, recounts, the sample, public notices.
What it leaves out: the schemas, the judgements made again, and the signatures, for which Python's own library has no Ed25519."""

import hashlib
import json
import sys
import zipfile


def sha256(content):
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def hash_of(archive, name):
    digest = hashlib.sha256()
    with archive.open(name) as file:
        while part := file.read(1 << 16):
            digest.update(part)
    return digest.hexdigest()


def lines(archive, name):
    with archive.open(name) as file:
        for line in file:
            yield json.loads(line)


def line_hash(line):
    names = ["position", "id", "at", "account_id", "account_name", "act", "noun", "noun_id", "unit_id", "detail"]
    fields = [line[name] if name != "unit_id" else line[name] or "" for name in names]
    if line["record_number"] is not None:
        fields += [line["record_number"], line["record_digest"]]
    return sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")))


def trail(archive):
    found, before = iter(lines(archive, "trail/lines.jsonl")), None
    for seal in lines(archive, "trail/seals.jsonl"):
        number, text = seal["number"], f"{seal['number']}\n{seal['previous_hash']}\n{seal['sealed_at']}\n"
        for position in range(seal["first_position"], seal["last_position"] + 1):
            line = next(found, {"position": None, "hash": ""})
            if line["position"] != position or "id" in line and line_hash(line) != line["hash"]:
                yield f"trail/lines.jsonl: line {position} is missing or changed"
                return
            text += line["hash"] + "\n"
        if sha256(text) != seal["hash"]:
            yield f"trail/seals.jsonl: seal {number} does not follow from its lines"
        if before and (seal["previous_hash"], seal["first_position"]) != (before["hash"], before["last_position"] + 1):
            yield f"trail/seals.jsonl: seal {number} does not follow from the one before"
        before = seal
    if next(found, None):
        yield "trail/lines.jsonl: there are lines after the last seal"


def recounts(archive, names):
    for poll in lines(archive, "data/poll.jsonl"):
        name = f"recount/{poll['id']}.csv"
        if name in names:
            digest = hashlib.sha256()
            with archive.open(name) as file:
                next(file)
                for line in file:
                    digest.update(b",".join(line.split(b",")[:2]) + b"\n")
            if digest.hexdigest() != poll["record"]["ballots_hash"]:
                yield f"{name}: counted again, it is not the closing record"


def draw(archive):
    for check in lines(archive, "data/spot-check.jsonl"):
        frame = archive.read("draw/frame.txt")
        if sha256(frame) != check["frame_hash"]:
            yield "draw/frame.txt is not the frame that was published"
        sizes, units = {}, {}
        for words in (line.split(" ") for line in frame.decode().splitlines()):
            if words[0] == "stratum":
                sizes[words[1]] = int(words[3])
            elif words[0] == "unit":
                units.setdefault(words[2], []).append(words[1])
        drawn = set()
        for stratum in units if check["seed"] else []:
            drawn.update(sorted(units[stratum], key=lambda unit: (sha256(f"{check['seed']} {unit}"), unit))[: sizes[stratum]])
        visits = {visit["entry_id"] for visit in lines(archive, "data/visit.jsonl") if visit["spot_check_id"] == check["id"]}
        if visits != drawn:
            yield "data/visit.jsonl is not the sample that seed and frame give"


def faults(archive):
    names, sums = set(archive.namelist()), {}
    for line in archive.read("SHA256SUMS").decode().splitlines():
        digest, name = line.split("  ", 1)
        sums[name] = digest
    for name in sorted(names - set(sums) - {"SHA256SUMS", "SHA256SUMS.signature.json"}):
        yield f"{name} is not listed in SHA256SUMS"
    for name, digest in sorted(sums.items()):
        if name not in names:
            yield f"{name} is missing"
        elif hash_of(archive, name) != digest:
            yield f"{name} was changed"
    yield from trail(archive)
    yield from recounts(archive, names)
    yield from draw(archive)
    for notice in lines(archive, "data/publication.jsonl"):
        if sums.get(f"publications/{notice['id']}.json") != notice["hash"]:
            yield f"publications/{notice['id']}.json is not what was shown"


def main():
    if len(sys.argv) != 2:
        sys.exit("archive.py FILE.zip")
    try:
        with zipfile.ZipFile(sys.argv[1]) as archive:
            found = list(faults(archive))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        found = [f"the archive can't be read: {error!r}"]
    print("\n".join(found) or "all is well")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
