package dev.mosey.sim.explore;

import dev.mosey.policy.guests.Capacity;
import dev.mosey.policy.guests.Guest;
import dev.mosey.policy.guests.Guests;
import dev.mosey.policy.guests.GuestsEffect;
import dev.mosey.policy.guests.GuestsInput;
import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A host: the real {@link Guests}, with a model of its keeper, its disk, and a daemon that may be
 * frozen for as long as it takes nothing.
 */
final class HostNode {
  final NodeName name;
  Guests guests;
  final List<Body> bodies = new ArrayList<>();
  final TreeMap<ProcessId, TreeMap<Integer, Guest>> spool = new TreeMap<>();
  final TreeSet<String> images = new TreeSet<>();
  final List<GuestsInput> inbox = new ArrayList<>();
  BooksId books;

  HostNode(NodeName name, Guests guests) {
    this.name = name;
    this.guests = guests;
  }

  HostNode copy() {
    HostNode copy = new HostNode(name, guests.copy());
    copy.bodies.addAll(bodies);
    spool.forEach((id, byIncarnation) -> copy.spool.put(id, new TreeMap<>(byIncarnation)));
    copy.images.addAll(images);
    copy.inbox.addAll(inbox);
    copy.books = books;
    return copy;
  }

  HostId id() {
    return guests.self();
  }

  static GuestsInput room(int slots) {
    return new GuestsInput.CapacityChanged(
        new Capacity(Resources.of(slots, 0), slots), GuestsInput.Mode.OPEN);
  }

  Body body(ProcessId id, int incarnation) {
    for (Body body : bodies) {
      if (body.id().equals(id) && body.incarnation() == incarnation) {
        return body;
      }
    }
    return null;
  }

  private void replace(Body old, Body changed) {
    bodies.remove(old);
    if (changed != null) {
      bodies.add(changed);
    }
  }

  /** The keeper ends whose lease is over; the daemon hears of it when it comes to it. */
  void timePasses(Now now) {
    for (Body body : List.copyOf(bodies)) {
      if (body.deadline() <= now.bootMillis()) {
        replace(body, null);
        inbox.add(ended(body, 9, now));
      }
    }
  }

  static GuestsInput ended(Body body, int signal, Now now) {
    return new GuestsInput.BodyEnded(
        body.id(),
        body.incarnation(),
        Exit.signal(signal),
        OutputEnds.NONE,
        now.epochMillis(),
        true);
  }

  /** The body ends by itself. */
  void exits(Body body, int code, Now now) {
    replace(body, null);
    inbox.add(
        new GuestsInput.BodyEnded(
            body.id(),
            body.incarnation(),
            Exit.code(code),
            OutputEnds.NONE,
            now.epochMillis(),
            true));
  }

  /** The daemon is killed: the keeper ends everything, and a new session begins. */
  void restart(World world) {
    bodies.clear();
    inbox.clear();
    List<Guest> kept = new ArrayList<>();
    spool.values().forEach(byIncarnation -> kept.addAll(byIncarnation.values()));
    images.clear();
    for (Guest guest : kept) {
      if (guest.image() != null) {
        images.add(guest.image().blob().sha256());
      }
    }
    begin(kept, new Guests.Carried(id().session() + 1, List.of()), world);
  }

  private void begin(List<Guest> kept, Guests.Carried carried, World world) {
    guests =
        new Guests(
            new HostId(name, id().session() + 1),
            world.settings(),
            world.profile.rules(),
            kept,
            books == null ? List.of() : List.of(books),
            carried);
    guests.handle(room(world.profile.slots()), world.nowAt(name));
  }

  boolean mayHandOver() {
    return guests.isReadyToHandOver() && inbox.isEmpty();
  }

  /** The next daemon takes over what runs; all else was ended, and nothing is waited for. */
  void handOver(World world) {
    Guests.Carried carried = guests.carried();
    List<Guest> kept = new ArrayList<>();
    spool.values().forEach(byIncarnation -> kept.addAll(byIncarnation.values()));
    begin(kept, carried, world);
  }

  /** The daemon takes an input; what bodies answer at once it takes as well. */
  void take(GuestsInput first, World world) {
    List<GuestsInput> inputs = new ArrayList<>(List.of(first));
    Now now = world.nowAt(name);
    while (!inputs.isEmpty()) {
      for (GuestsEffect effect : guests.handle(inputs.remove(0), now)) {
        GuestsInput answer = execute(effect, world, now);
        if (answer != null) {
          inputs.add(answer);
        }
      }
    }
  }

  private GuestsInput execute(GuestsEffect effect, World world, Now now) {
    switch (effect) {
      case GuestsEffect.Send(var to, var message) -> world.send(name, to, message);
      case GuestsEffect.StartBody e -> {
        // A keeper starts nothing whose lease is over.
        if (e.deadlineBootMillis() > now.bootMillis()) {
          bodies.add(new Body(e.id(), e.incarnation(), e.deadlineBootMillis(), false));
          return new GuestsInput.BodyStarted(e.id(), e.incarnation(), now.epochMillis());
        }
      }
      case GuestsEffect.PauseBody e -> {
        Body body = body(e.id(), e.incarnation());
        if (body != null) {
          replace(body, body.pause(true));
          return packed(e, now);
        }
      }
      case GuestsEffect.ResumeBody e -> {
        Body body = body(e.id(), e.incarnation());
        if (body != null) {
          replace(body, body.pause(false));
        }
      }
      case GuestsEffect.StopBody e -> {
        return end(e.id(), e.incarnation(), 15, now);
      }
      case GuestsEffect.KillBody e -> {
        return end(e.id(), e.incarnation(), 9, now);
      }
      case GuestsEffect.SetLease e -> {
        Body body = body(e.id(), e.incarnation());
        if (body != null) {
          replace(body, body.until(e.deadlineBootMillis()));
        }
      }
      case GuestsEffect.FetchImage e -> {
        return fetch(e, world);
      }
      case GuestsEffect.SpoolPut(var guest) ->
          spool.computeIfAbsent(guest.id(), i -> new TreeMap<>()).put(guest.incarnation(), guest);
      case GuestsEffect.SpoolDrop e -> drop(e, world);
      case GuestsEffect.RememberBooks e -> books = e.books();
      case GuestsEffect.ReportSoon e -> {}
      case GuestsEffect.SignalBody e -> {}
      case GuestsEffect.WishToMove e -> {}
      case GuestsEffect.MoveOver e -> {}
      case GuestsEffect.GuestsChanged() -> {}
    }
    return null;
  }

  private GuestsInput packed(GuestsEffect.PauseBody e, Now now) {
    Guest guest = null;
    for (Guest each : guests.all()) {
      if (each.id().equals(e.id()) && each.incarnation() == e.incarnation()) {
        guest = each;
      }
    }
    Image image = null;
    if (guest.spec().move() == MoveMode.LIVE) {
      String blob = ImageName.of(e.id(), e.incarnation(), guest.lastMove());
      image = new Image(new Blob(blob, 1), "model/1", name, 0, 0, guest.lastMove());
      images.add(blob);
    }
    return new GuestsInput.BodyPaused(
        e.id(), e.incarnation(), image, OutputEnds.NONE, now.epochMillis());
  }

  private GuestsInput end(ProcessId id, int incarnation, int signal, Now now) {
    Body body = body(id, incarnation);
    if (body == null) {
      return null;
    }
    replace(body, null);
    return ended(body, signal, now);
  }

  private GuestsInput fetch(GuestsEffect.FetchImage e, World world) {
    String blob = e.image().blob().sha256();
    if (!images.contains(blob) && !world.has(e.from(), blob)) {
      return new GuestsInput.ImageFetchFailed(e.id(), e.incarnation(), "not there any more");
    }
    images.add(blob);
    Image here =
        new Image(e.image().blob(), e.image().format(), name, 0, 0, e.image().takenAtMillis());
    return new GuestsInput.ImageFetched(e.id(), e.incarnation(), here);
  }

  private void drop(GuestsEffect.SpoolDrop e, World world) {
    Map<Integer, Guest> byIncarnation = spool.get(e.id());
    Guest guest = byIncarnation == null ? null : byIncarnation.remove(e.incarnation());
    if (byIncarnation != null && byIncarnation.isEmpty()) {
      spool.remove(e.id());
    }
    if (guest != null) {
      world.home.checkDropped(guest);
      if (guest.image() != null) {
        images.remove(guest.image().blob().sha256());
      }
    }
  }
}
