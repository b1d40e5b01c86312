#!/usr/bin/env python3
"""Draws the sample of a spot check: draw.py FRAMEFILE SEED (docs/draw.md). `jianjia draw FRAMEFILE --seed SEED` prints the same bytes."""
import hashlib
import sys

file, seed = open(sys.argv[1], "rb").read(), sys.argv[2]
samples, tickets = {}, {}
for line in file.decode().split("\n"):
    kind, *words = line.split(" ")
    if kind == "stratum":
        samples[words[0]], tickets[words[0]] = int(words[2]), []
    elif kind == "unit":
        ticket = hashlib.sha256(f"{seed} {words[0]}".encode()).hexdigest()
        tickets[words[1]].append((ticket, words[0]))
lines = ["jianjia sample 1", "frame " + hashlib.sha256(file).hexdigest(), "seed " + seed]
for stratum in sorted(samples):
    drawn = sorted(tickets[stratum])[: samples[stratum]]
    lines += [f"drawn {stratum} {place} {ticket} {unit}" for place, (ticket, unit) in enumerate(drawn, 1)]
sys.stdout.buffer.write(("\n".join(lines) + "\n").encode())
