package example.wayside.gateway;

import java.util.Optional;

/** Looks a zone's rate up in the price list. */
public interface RateSource {

    Optional<Integer> centsPerKilogram(String zone);
}
